-- conf: header_checks = [ "pcre:@FOLDER@/checks" ];
-- file checks: /^Subject: one/ REJECT
-- log: loaded \(SIGHUP\)
-- log: not loaded \(SIGHUP\), the old policy stays
-- log: checks:1: 
-- A reload between two connections, and one with a broken table while a
-- connection is open.

local function try(conn, subject, want)
	step(conn, CONTINUE, "mailfrom", "<a@example.org>")
	step(conn, CONTINUE, "rcptto", "<b@example.net>")
	step(conn, CONTINUE, "data")
	step(conn, CONTINUE, "header", "Subject", subject)
	step(conn, CONTINUE, "eoh")
	step(conn, want, "eom")
	mt.abort(conn)
end

first = open()
try(first, "one", REPLYCODE)
try(first, "two", CONTINUE)
write("checks", "/^Subject: two/ REJECT\n")
signal("HUP")
second = open()
try(second, "one", CONTINUE)
try(second, "two", REPLYCODE)
try(first, "one", REPLYCODE)
try(first, "two", CONTINUE)

write("checks", "/^Subject: (/ REJECT\n")
signal("HUP")
third = open()
for _, conn in ipairs({ second, third }) do
	try(conn, "one", CONTINUE)
	try(conn, "two", REPLYCODE)
end
write("checks", "/^Subject: three/ REJECT\n")
signal("USR1")
fourth = open()
try(fourth, "two", CONTINUE)
try(fourth, "three", REPLYCODE)
try(third, "three", CONTINUE)
for _, conn in ipairs({ first, second, third, fourth }) do
	mt.disconnect(conn)
end
