-- filter: nothing --noreply
-- Stages whose replies were negotiated away.

conn = open()
if not mt.test_option(conn, SMFIP_NR_HDR) then
	fail("replies were not negotiated away")
end
step(conn, CONTINUE, "helo", "mail.example.org")
step(conn, CONTINUE, "mailfrom", "<a@example.org>")
step(conn, CONTINUE, "rcptto", "<b@example.net>")
message(conn, { { "Subject", "x" } }, "a line\r\n", CONTINUE)
mt.disconnect(conn)
