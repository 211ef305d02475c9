-- conf: mode = "shadow";
-- conf: header_checks = [ "pcre:@FOLDER@/checks" ];
-- conf: sender_access = [ "inline:{bad@example.org=REJECT}" ];
-- file checks: /^Subject: bad/ REJECT
-- file checks: /^X-Change:/ REPLACE X-Changed: yes
-- file checks: /^X-Hold:/ HOLD
-- log: would-reject: header Subject: bad
-- log: would-reject: RCPT from .*Sender address rejected
-- log: would-replace: header X-Change
-- log: would-hold: header X-Hold
-- nolog: : (reject|replace|hold): 
-- Nothing that is said in the log is done.

conn = open()
step(conn, CONTINUE, "helo", "mail.example.org")
step(conn, CONTINUE, "mailfrom", "<bad@example.org>")
step(conn, CONTINUE, "rcptto", "<b@example.net>")
mt.abort(conn)
step(conn, CONTINUE, "mailfrom", "<a@example.org>")
step(conn, CONTINUE, "rcptto", "<b@example.net>")
message(conn, { { "X-Change", "1" }, { "X-Hold", "1" } }, "text\r\n", CONTINUE)
if mt.eom_check(conn, MT_HDRINSERT) or mt.eom_check(conn, MT_HDRDELETE) or
    mt.eom_check(conn, MT_QUARANTINE) then
	fail("the message was changed")
end
step(conn, CONTINUE, "mailfrom", "<a@example.org>")
step(conn, CONTINUE, "rcptto", "<b@example.net>")
step(conn, CONTINUE, "data")
step(conn, CONTINUE, "header", "Subject", "bad")
step(conn, CONTINUE, "eoh")
step(conn, CONTINUE, "bodystring", "text\r\n")
step(conn, CONTINUE, "eom")
step(conn, CONTINUE, "mailfrom", "<a@example.org>")
step(conn, CONTINUE, "rcptto", "<b@example.net>")
message(conn, { { "Subject", "good" } }, "text\r\n", CONTINUE)
mt.disconnect(conn)
