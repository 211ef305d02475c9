-- conf: delay_reject = false;
-- conf: client_access = [ "cidr:@FOLDER@/clients" ];
-- conf: helo_access = [ "hash:@FOLDER@/helos" ];
-- conf: sender_access = [ "hash:@FOLDER@/senders" ];
-- conf: recipient_access = [ "hash:@FOLDER@/recipients" ];
-- file clients: 192.0.2.9 REJECT go away
-- file clients: 192.0.2.8 421 4.7.0 not now
-- file helos: bad.example REJECT what a name
-- file senders: bad@example.org 550 5.7.1 not you
-- file senders: later@example.org DEFER
-- file recipients: bad@example.net REJECT
-- file recipients: later@example.net DEFER
-- file recipients: hold@example.net HOLD
-- log: NOQUEUE: reject: CONNECT from mail.example.org\[192.0.2.9\]: 554 5.7.1
-- log: NOQUEUE: reject: HELO from mail.example.org\[192.0.2.1\]: 554 5.7.1
-- log: NOQUEUE: reject: MAIL from .*: 550 5.7.1 <bad@example.org>
-- log: reject: RCPT from .*: 554 5.7.1 <bad@example.net>
-- Verdicts at every stage that has a reply of its own.

local function connect(ip)
	local conn = mt.connect(ADDRESS, 40, 0.05)
	mt.negotiate(conn, nil, nil, nil)
	mt.macro(conn, SMFIC_CONNECT, "{client_resolve}", "OK")
	return conn
end

conn = connect()
step(conn, REPLYCODE, "conninfo", "mail.example.org", "192.0.2.9")
mt.disconnect(conn)
conn = connect()
step(conn, REPLYCODE, "conninfo", "mail.example.org", "192.0.2.8")
mt.disconnect(conn)

conn = open("mail.example.org", "192.0.2.1")
step(conn, REPLYCODE, "helo", "bad.example")
mt.disconnect(conn)

conn = open("mail.example.org", "192.0.2.1")
step(conn, CONTINUE, "helo", "good.example")
step(conn, REPLYCODE, "mailfrom", "<bad@example.org>")
step(conn, REPLYCODE, "mailfrom", "<later@example.org>")
step(conn, CONTINUE, "mailfrom", "<good@example.org>")
step(conn, REPLYCODE, "rcptto", "<bad@example.net>")
step(conn, REPLYCODE, "rcptto", "<later@example.net>")
step(conn, CONTINUE, "rcptto", "<good@example.net>")
step(conn, CONTINUE, "rcptto", "<hold@example.net>")
message(conn, { { "Subject", "x" } }, "text\r\n", CONTINUE)
if not mt.eom_check(conn, MT_QUARANTINE) then
	fail("HOLD of a recipient was forgotten")
end
mt.disconnect(conn)
