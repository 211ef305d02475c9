-- conf: header_checks = [ "pcre:@FOLDER@/checks" ];
-- file checks: /^Subject: bad/ REJECT
-- Several messages in one connection, and RSET at every stage of one.

conn = open()
step(conn, CONTINUE, "helo", "mail.example.org")
steps = {
	{ "mailfrom", "<a@example.org>" },
	{ "rcptto", "<b@example.net>" },
	{ "data" },
	{ "header", "Subject", "bad" },
}
for last = 1, #steps do
	for n = 1, last do
		step(conn, CONTINUE, table.unpack(steps[n]))
	end
	mt.abort(conn)
	-- Nothing of it is left.
	step(conn, CONTINUE, "mailfrom", "<a@example.org>")
	step(conn, CONTINUE, "rcptto", "<b@example.net>")
	message(conn, { { "Subject", "good" } }, "text\r\n", CONTINUE)
end
for n = 1, 10 do
	step(conn, CONTINUE, "mailfrom", "<a@example.org>")
	step(conn, CONTINUE, "rcptto", "<b@example.net>")
	step(conn, CONTINUE, "data")
	step(conn, CONTINUE, "header", "Subject", "bad " .. n)
	step(conn, CONTINUE, "eoh")
	step(conn, REPLYCODE, "eom")
	step(conn, CONTINUE, "mailfrom", "<a@example.org>")
	step(conn, CONTINUE, "rcptto", "<b@example.net>")
	message(conn, { { "Subject", "good " .. n } }, "text\r\n", CONTINUE)
end
mt.disconnect(conn, false)
conn = open()
mt.disconnect(conn)
