-- filter: nothing
-- A smallest script, and the proof that scripts are run.

conn = open("mail.example.org", "192.0.2.1")
for n = 1, 3 do
	if n == 1 then
		step(conn, CONTINUE, "helo", "mail.example.org")
	end
	step(conn, CONTINUE, "mailfrom", "<a@example.org>", "SIZE=100")
	step(conn, CONTINUE, "rcptto", "<b@example.net>")
	step(conn, CONTINUE, "rcptto", "<c@example.net>")
	message(conn, { { "From", "a@example.org" }, { "Subject", "x" } },
	    "a line\r\n", CONTINUE)
	if mt.eom_check(conn, MT_HDRADD) or mt.eom_check(conn, MT_BODYCHANGE) then
		fail("the message was changed")
	end
end
step(conn, CONTINUE, "mailfrom", "<>")
mt.abort(conn)
mt.disconnect(conn)
