-- conf: header_checks = [ "pcre:@FOLDER@/checks" ];
-- conf: body_checks = [ "pcre:@FOLDER@/body" ];
-- file checks: /^Subject: reject/ REJECT not this
-- file checks: /^Subject: later/ REJECT 4.7.5 not now
-- file checks: /^Subject: discard/ DISCARD
-- file checks: /^Subject: hold/ HOLD look at it
-- file checks: /^Subject: redirect/ REDIRECT other@example.net
-- file checks: /^Subject: bcc/ BCC copy@example.net
-- file checks: /^Subject: pass/ PASS
-- file checks: /^X-Strip:/ STRIP private
-- file checks: /^X-Ignore:/ IGNORE
-- file checks: /^X-Replace: *(.*)/ REPLACE X-Replaced: was $1
-- file checks: /^X-Change: *(.*)/ REPLACE X-Change: was $1
-- file checks: /^X-Prepend:/ PREPEND X-Above: yes
-- file checks: /^X-Warn:/ WARN beware
-- file checks: /^X-Info:/ INFO to know
-- file checks: /^X-Dunno:/ DUNNO
-- file checks: /^X-Ok:/ OK
-- file body: /^reject this/ REJECT not that
-- file body: /^replace this/ REPLACE with that
-- file body: /^prepend here/ PREPEND above it
-- file body: /^strip this/ STRIP gone
-- log: reject: header Subject: reject from mail.example.org\[192.0.2.1\]
-- log: : 550 5.7.1 not this rule=.*checks:1$
-- log: : 451 4.7.5 not now rule=.*checks:2$
-- log: warning: header X-Warn: 1 from .*: beware rule=.*checks:13$
-- log: info: header X-Info: 1 from .*: to know rule=.*checks:14$
-- log: strip: header X-Strip: 1 from .*: private rule=.*checks:8$
-- nolog: X-Ignore
-- Every action of header_checks and body_checks, in one connection.

local function send(name, value, body, want)
	step(conn, CONTINUE, "mailfrom", "<a@example.org>")
	step(conn, CONTINUE, "rcptto", "<b@example.net>")
	step(conn, CONTINUE, "data")
	step(conn, CONTINUE, "header", "From", "a@example.org")
	step(conn, CONTINUE, "header", name, value)
	step(conn, CONTINUE, "eoh")
	step(conn, CONTINUE, "bodystring", body or "text\r\n")
	step(conn, want or CONTINUE, "eom")
end

local function must(good, what)
	if not good then
		fail(what)
	end
end

local function unchanged()
	return not (mt.eom_check(conn, MT_HDRADD) or
	    mt.eom_check(conn, MT_HDRCHANGE) or
	    mt.eom_check(conn, MT_HDRDELETE) or
	    mt.eom_check(conn, MT_HDRINSERT) or
	    mt.eom_check(conn, MT_BODYCHANGE) or
	    mt.eom_check(conn, MT_QUARANTINE))
end

conn = open()
step(conn, CONTINUE, "helo", "mail.example.org")

send("Subject", "good")
must(unchanged(), "a good message was changed")
send("Subject", "reject", nil, REPLYCODE)
send("Subject", "later", nil, REPLYCODE)
send("Subject", "discard", nil, DISCARD)

send("Subject", "hold")
must(mt.eom_check(conn, MT_QUARANTINE, "look at it"), "hold")
send("Subject", "redirect")
must(mt.eom_check(conn, MT_RCPTDELETE, "<b@example.net>"), "redirect: del")
must(mt.eom_check(conn, MT_RCPTADD, "other@example.net"), "redirect: add")
send("Subject", "good")
must(not mt.eom_check(conn, MT_RCPTADD, "other@example.net") and
    not mt.eom_check(conn, MT_RCPTDELETE, "<b@example.net>"),
    "the next message was redirected, too")
send("X-Strip", "1")
must(mt.eom_check(conn, MT_HDRDELETE, "X-Strip"), "strip")
send("X-Ignore", "1")
must(mt.eom_check(conn, MT_HDRDELETE, "X-Ignore"), "ignore")
send("X-Replace", "1")
must(mt.eom_check(conn, MT_HDRDELETE, "X-Replace"), "replace: delete")
must(mt.eom_check(conn, MT_HDRINSERT, "X-Replaced"), "replace: insert")
send("X-Change", "1")
must(mt.eom_check(conn, MT_HDRCHANGE, "X-Change"), "replace: change")
send("X-Prepend", "1")
must(mt.eom_check(conn, MT_HDRINSERT, "X-Above"), "prepend")
for _, name in ipairs({ "X-Warn", "X-Info", "X-Dunno", "X-Ok" }) do
	send(name, "1")
	must(unchanged(), name)
end

send("Subject", "body", "one\r\nreplace this\r\nthree\r\n")
must(mt.eom_check(conn, MT_BODYCHANGE, "one\r\nwith that\r\nthree\r\n"),
    "body: replace")
send("Subject", "body", "one\r\nprepend here\r\n")
must(mt.eom_check(conn, MT_BODYCHANGE, "one\r\nabove it\r\nprepend here\r\n"),
    "body: prepend")
send("Subject", "body", "one\r\nstrip this\r\ntwo\r\n")
must(mt.eom_check(conn, MT_BODYCHANGE, "one\r\ntwo\r\n"), "body: strip")

-- After the verdict of one message the next one is a new one.
send("Subject", "reject", nil, REPLYCODE)
send("Subject", "good")
must(unchanged(), "a good message behind a bad one was changed")
mt.disconnect(conn)
