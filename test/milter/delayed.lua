-- conf: client_access = [ "inline:{192.0.2.9=REJECT}" ];
-- conf: helo_access = [ "inline:{bad.example=REJECT}" ];
-- conf: sender_access = [ "inline:{bad@example.org=REJECT}" ];
-- log: reject: RCPT from mail.example.org\[192.0.2.9\]: 554 5.7.1 <mail.example.org\[192.0.2.9\]>: Client host rejected: Access denied; from=<a@example.org> to=<b@example.net> helo=<mail.example.org>
-- log: reject: RCPT from .*: Helo command rejected: .* helo=<bad.example>
-- log: reject: RCPT from .*: Sender address rejected: .* from=<bad@example.org>
-- By default all of them are heard at RCPT, once for each recipient.

conn = open("mail.example.org", "192.0.2.9")
step(conn, CONTINUE, "helo", "mail.example.org")
for n = 1, 2 do
	step(conn, CONTINUE, "mailfrom", "<a@example.org>")
	step(conn, REPLYCODE, "rcptto", "<b@example.net>")
	step(conn, REPLYCODE, "rcptto", "<c@example.net>")
	mt.abort(conn)
end
mt.disconnect(conn)

conn = open("mail.example.org", "192.0.2.1")
step(conn, CONTINUE, "helo", "bad.example")
step(conn, CONTINUE, "mailfrom", "<a@example.org>")
step(conn, REPLYCODE, "rcptto", "<b@example.net>")
-- A new HELO (after STARTTLS) counts.
step(conn, CONTINUE, "helo", "good.example")
step(conn, CONTINUE, "mailfrom", "<bad@example.org>")
step(conn, REPLYCODE, "rcptto", "<b@example.net>")
mt.abort(conn)
step(conn, CONTINUE, "mailfrom", "<a@example.org>")
step(conn, CONTINUE, "rcptto", "<b@example.net>")
message(conn, { { "Subject", "x" } }, "text\r\n", CONTINUE)
mt.disconnect(conn)
