-- lib - what the miltertest scripts share, and what runs them: the script that
-- SCRIPT names runs with all of this at hand.  See test_miltertest.py.
--
--	conn = open(name, ip)			connect, negotiate, say who
--	step(conn, want, "mailfrom", "<a@b.c>")	one mt.* call and its reply
--	message(conn, { {"Subject", "x"} }, "body\r\n", want)
--	reply_is(conn, "550", "5.7.1", "text")	after the end of message
--
-- want is a letter of the protocol, as a string or SMFIR_*; stages that were
-- negotiated away are left out, as a mail server leaves them out, and where
-- no reply was agreed on none is looked at.

ACCEPT, REJECT, TEMPFAIL = SMFIR_ACCEPT, SMFIR_REJECT, SMFIR_TEMPFAIL
CONTINUE, DISCARD, REPLYCODE = SMFIR_CONTINUE, SMFIR_DISCARD, SMFIR_REPLYCODE

local stages = {
	conninfo = { SMFIP_NOCONNECT, SMFIP_NR_CONN },
	helo = { SMFIP_NOHELO, SMFIP_NR_HELO },
	mailfrom = { SMFIP_NOMAIL, SMFIP_NR_MAIL },
	rcptto = { SMFIP_NORCPT, SMFIP_NR_RCPT },
	data = { SMFIP_NODATA, SMFIP_NR_DATA },
	unknown = { SMFIP_NOUNKNOWN, SMFIP_NR_UNKN },
	header = { SMFIP_NOHDRS, SMFIP_NR_HDR },
	eoh = { SMFIP_NOEOH, SMFIP_NR_EOH },
	bodystring = { SMFIP_NOBODY, SMFIP_NR_BODY },
}

function fail(text)
	error(text, 0)
end

local function letter(reply)
	if type(reply) == "string" then
		return reply
	end
	return string.char(reply)
end

function step(conn, want, stage, ...)
	local options = stages[stage]
	if options ~= nil and mt.test_option(conn, options[1]) then
		if letter(want) ~= letter(CONTINUE) then
			fail(stage .. " was negotiated away")
		end
		return
	end
	local problem = mt[stage](conn, ...)
	if problem ~= nil then
		fail(stage .. ": " .. problem)
	end
	if options ~= nil and mt.test_option(conn, options[2]) then
		if letter(want) ~= letter(CONTINUE) then
			fail(stage .. " has no reply")
		end
		return
	end
	local got = mt.getreply(conn)
	-- "No more of the body": the message goes on.
	if stage == "bodystring" and letter(got) == letter(SMFIR_SKIP) then
		got = CONTINUE
	end
	if letter(got) ~= letter(want) then
		fail(string.format("%s: reply %s instead of %s", stage,
		    letter(got), letter(want)))
	end
end

function open(name, ip)
	local conn = mt.connect(ADDRESS, 40, 0.05)
	if conn == nil then
		fail("cannot connect to " .. ADDRESS)
	end
	local problem = mt.negotiate(conn, nil, nil, nil)
	if problem ~= nil then
		fail("negotiate: " .. problem)
	end
	mt.macro(conn, SMFIC_CONNECT, "j", "mx.example.net",
	    "{client_addr}", ip or "192.0.2.1",
	    "{client_name}", name or "mail.example.org",
	    "{client_ptr}", name or "mail.example.org",
	    "{client_resolve}", "OK")
	step(conn, CONTINUE, "conninfo", name or "mail.example.org",
	    ip or "192.0.2.1")
	return conn
end

-- All of a message after RCPT; want is the reply to its end.
function message(conn, fields, body, want)
	step(conn, CONTINUE, "data")
	for _, field in ipairs(fields) do
		step(conn, CONTINUE, "header", field[1], field[2])
	end
	step(conn, CONTINUE, "eoh")
	if body ~= "" then
		step(conn, CONTINUE, "bodystring", body)
	end
	step(conn, want or CONTINUE, "eom")
end

function reply_is(conn, code, dsn, text)
	if not mt.eom_check(conn, MT_SMTPREPLY, code, dsn, text) then
		fail(string.format("the reply is not %s %s %s", code, dsn,
		    text or ""))
	end
end

-- Send the daemon a signal ("HUP") and give it time to act on it.
function signal(name, seconds)
	os.execute("kill -" .. name .. " " .. PID)
	mt.sleep(seconds or 1)
end

-- Replace a file in the scratch folder.
function write(name, text)
	local file = io.open(FOLDER .. "/" .. name, "w")
	file:write(text)
	file:close()
end

-- miltertest itself ends with a status, but without the words of error().
local script, problem = loadfile(SCRIPT)
local done = script ~= nil
if done then
	done = xpcall(script, function(text)
		problem = debug.traceback(text, 2)
	end)
end
if not done then
	print(problem)
	error("failed")
end
