#!/usr/bin/env python3
"""`postern import`: what it makes of the output of postconf -n.

Each case is such an output and what must (or, with a "!" before it, must not)
stand in what is written; and what is written passes `postern check`.  A
replace of FOLDER is the folder of the tables below."""
import os
import re
import shutil
import subprocess
import sys
import unittest

from postern import tool
from scratch import Folder

TABLES = {
    "refuse": "bad.example REJECT\nx.example 550 no\ny.example DUNNO\n",
    "permit": "good.example OK\n",
    "both": "bad.example REJECT\ngood.example OK\n",
    "holds": "odd.example HOLD\nbad.example REJECT\n",
    "adds": "odd.example PREPEND X-Odd: yes\n",
    "routes": "odd.example FILTER smtp:[192.0.2.1]\n",
    "classes": "odd.example strict\n",
    "refuse.pcre": "/^bad/ REJECT\n",
    "faulty.pcre": "/^bad/ REJECT\n/(/ REJECT\n",
    "headers": "/^Subject: bad/ REJECT no\n/^X-A:/ WARN\n",
    "rewrites": "/^X-A: (.*)/ REPLACE X-B: $1\n",
    "reroutes": "/^X-A:/ FILTER smtp:[192.0.2.1]\n",
    "unknown": "/^X-A:/ NONSENSE\n",
    "lines": "/bad/ REJECT no\n",
    "redirects": "/^X-A:/ REDIRECT a@b.example\n",
    "redirects.hash": "odd.example REDIRECT a@b.example\n",
    "networks": "192.0.2.0/24, 198.51.100.1\n# none\n[2001:db8::]/32\n",
    "nets.cidr": "192.0.2.0/24 x\n",
    "origin": "origin.example\n",
    "logins": "bob REJECT\n",
    "names": "a.example reject\nb.example permit\n",
    "only_names": "a.example reject\nb.example defer, reject\n",
    "warns": "a.example warn_if_reject reject\n",
    "unions": "a.example reject, strict\n",
    "words": "a.example one\n",
}

# Made by postmap of a text of that name.
DATABASES = {
    "refuse_db": "bad.example REJECT\nx.example 550 no\n",
    "permit_db": "bad.example REJECT\ngood.example OK\n",
    "routes_db": "odd.example FILTER smtp:[192.0.2.1]\n",
    "stale_db": "bad.example REJECT\n",
    "gone_db": "bad.example REJECT\n",
}

KNOWN = "mynetworks = 127.0.0.0/8 [::1]/128\nmyhostname = mx.example.com\n"

CASES = [
    ("nothing", "compatibility_level = 3.6\n", [
        'mode = "enforce";', "# Nothing may leave main.cf.",
        "mynetworks = [ ];", "authenticated = [ ];", "recipients = [ ];",
        "message_size_limit = 0;", "header_size_limit = 0;",
        "#   smtpd_milters = inet:127.0.0.1:8896\n", "! non_smtpd_milters =",
        "! _access = [", "! _checks = [", "# myorigin is not known"]),
    ("networks", "mynetworks = 127.0.0.0/8, [::ffff:127.0.0.0]/104 ::1\n"
     "  !192.0.2.1 cidr:FOLDER/nets.cidr\n", [
         'mynetworks = [\n\t"127.0.0.0/8",\n\t"[::ffff:127.0.0.0]/104",\n'
         '\t"::1",\n\t"!192.0.2.1",\n\t"cidr:FOLDER/nets.cidr"\n];']),
    ("networks in a file", "mynetworks = FOLDER/networks\n", [
        '"192.0.2.0/24",\n\t"198.51.100.1",\n\t"[2001:db8::]/32"\n]',
        "! none"]),
    ("networks that cannot be had", "mynetworks = mysql:/x 127.0.0.1\n"
     "smtpd_recipient_restrictions = permit_mynetworks,\n"
     " check_recipient_access hash:FOLDER/refuse\n", [
         "mynetworks: mysql:/x\n#       there is no type mysql:",
         "! mynetworks = [\n", "! recipient_access = [",
         "it stands behind permit_mynetworks, whose networks are not"]),
    ("networks not given", "smtpd_helo_restrictions = permit_mynetworks, "
     "check_helo_access hash:FOLDER/refuse\n", [
         "mynetworks: not set", "! helo_access = ["]),
    ("each class", KNOWN + "smtpd_client_restrictions =\n"
     " check_client_access hash:FOLDER/refuse\n"
     " check_reverse_client_hostname_access hash:FOLDER/refuse\n"
     "smtpd_helo_restrictions = check_helo_access hash:FOLDER/refuse\n"
     "smtpd_sender_restrictions = check_sender_access hash:FOLDER/refuse\n"
     "smtpd_relay_restrictions = CHECK_RECIPIENT_ACCESS "
     "pcre:FOLDER/refuse.pcre\n", [
         f'\n{class_}_access = [\n\t# smtpd_{list_}_restrictions\n'
         f'\t"{table}"\n];' for class_, list_, table in [
             ("client", "client", "hash:FOLDER/refuse"),
             ("reverse_client", "client", "hash:FOLDER/refuse"),
             ("helo", "helo", "hash:FOLDER/refuse"),
             ("sender", "sender", "hash:FOLDER/refuse"),
             ("recipient", "relay", "pcre:FOLDER/refuse.pcre")]] + [
                 "# These may then leave", "! stay in main.cf all"]),
    ("a bare table", KNOWN + "smtpd_helo_restrictions = "
     "hash:FOLDER/refuse\nsmtpd_data_restrictions = hash:FOLDER/refuse\n", [
         "helo_access = [", "smtpd_helo_restrictions: check_helo_access "
         "hash:FOLDER/refuse", "smtpd_data_restrictions: hash:FOLDER/refuse"
         "\n#       not a restriction that is known here"]),
    ("braces", KNOWN + "smtpd_client_restrictions = check_client_access "
     "{ cidr:{{192.0.2.0/24 REJECT no}} } check_policy_service "
     "{ inet:127.0.0.1:10023, timeout=1s }\nsmtpd_sender_restrictions = "
     "check_sender_access inline:{ { a@b.c = REJECT not you }, d@e.f=DUNNO }"
     "\n", ['"cidr:{{192.0.2.0/24 REJECT no}}"',
            '"inline:{ { a@b.c = REJECT not you }, d@e.f=DUNNO }"',
            "check_policy_service inet:127.0.0.1:10023, timeout=1s\n"
            "#       policy services are asked by the mail server"]),
    ("parameters", KNOWN + "base = FOLDER\nstrict = yes\nindex = "
     "${default_database_type}:${base}/\nsmtpd_sender_restrictions = "
     "check_sender_access ${index}refuse ${strict?{check_sender_access "
     "$(index)holds}:{permit}}\n", [
         '"hash:FOLDER/refuse"', '"hash:FOLDER/holds"']),
    ("an unknown parameter", KNOWN + "smtpd_sender_restrictions = "
     "check_sender_access hash:$base/x, check_sender_access "
     "hash:FOLDER/refuse\n", [
         "what $base stands for is not known (add the output of postconf "
         "base)", "it stands behind check_sender_access hash:$base/x",
         "! sender_access = ["]),
    ("behind permit_mynetworks", KNOWN + "smtpd_recipient_restrictions = "
     "permit_mynetworks, permit_sasl_authenticated, "
     "reject_unauth_destination, check_client_access hash:FOLDER/refuse, "
     "check_sender_access hash:FOLDER/refuse\n", [
         '\tmynetworks = [ "client", "sender" ];',
         '\tauthenticated = [ "client", "sender" ];',
         "reject_unauth_destination\n#       relaying is the mail server's",
         "\nsender_access = [\n\t# smtpd_recipient_restrictions\n",
         "# These may then leave", "! stay in main.cf all"]),
    ("between the two", KNOWN + "smtpd_helo_restrictions = "
     "permit_sasl_authenticated check_helo_access hash:FOLDER/refuse "
     "permit_mynetworks\n", [
         "\tmynetworks = [ ];", '\tauthenticated = [ "helo" ];']),
    ("in two places", KNOWN + "smtpd_sender_restrictions = "
     "check_sender_access hash:FOLDER/refuse\nsmtpd_recipient_restrictions "
     "= permit_mynetworks check_sender_access pcre:FOLDER/refuse.pcre\n", [
         '\tmynetworks = [ "sender" ];', "# These may then leave main.cf, "
         "since postern answers the same:\n#\n#   smtpd_recipient_"
         "restrictions: check_sender_access pcre:FOLDER/refuse.pcre\n",
         "#   smtpd_sender_restrictions: check_sender_access "
         "hash:FOLDER/refuse\n#       Postfix asks it for mynetworks, too"]),
    ("the same map twice", KNOWN + "smtpd_sender_restrictions = "
     "check_sender_access hash:FOLDER/refuse\nsmtpd_recipient_restrictions "
     "= permit_mynetworks check_sender_access hash:FOLDER/refuse\n", [
         "\tmynetworks = [ ];",
         'sender_access = [\n\t# smtpd_sender_restrictions\n'
         '\t"hash:FOLDER/refuse"\n];',
         "#   smtpd_sender_restrictions: check_sender_access "
         "hash:FOLDER/refuse\n#   smtpd_recipient_restrictions: "
         "check_sender_access hash:FOLDER/refuse\n",
         "! stay in main.cf all"]),
    ("a permit for its own class", KNOWN + "smtpd_client_restrictions = "
     "check_client_access hash:FOLDER/permit, check_client_access "
     "hash:FOLDER/refuse\n", [
         '\t"hash:FOLDER/permit",\n\t# smtpd_client_restrictions\n'
         '\t"hash:FOLDER/refuse"\n', "since postern answers the same:\n#\n"
         "#   smtpd_client_restrictions: check_client_access "
         "hash:FOLDER/refuse\n#\n", "stay in main.cf all the same:\n#\n"
         "#   smtpd_client_restrictions: check_client_access "
         "hash:FOLDER/permit\n#       it permits, too"]),
    ("a permit for another class", KNOWN + "smtpd_recipient_restrictions = "
     "check_client_access hash:FOLDER/both, check_sender_access "
     "hash:FOLDER/refuse\n", [
         "\nclient_access = [", "! sender_access = [",
         "check_sender_access hash:FOLDER/refuse\n#       it stands behind "
         "check_client_access hash:FOLDER/both, which may permit"]),
    ("permits in two lists", KNOWN + "smtpd_client_restrictions = "
     "check_client_access hash:FOLDER/both\nsmtpd_helo_restrictions = "
     "check_client_access pcre:FOLDER/refuse.pcre\n"
     "smtpd_sender_restrictions = check_client_access hash:FOLDER/permit "
     "check_client_access hash:FOLDER/refuse\n", [
         # Those without a permit come first: an OK ends the list here.
         '\t"pcre:FOLDER/refuse.pcre",\n\t# smtpd_client_restrictions\n'
         '\t"hash:FOLDER/both",\n\t# smtpd_sender_restrictions\n'
         '\t"hash:FOLDER/permit",\n\t# smtpd_sender_restrictions\n'
         '\t"hash:FOLDER/refuse"\n',
         "since postern answers the same:\n#\n#   smtpd_helo_restrictions: "
         "check_client_access pcre:FOLDER/refuse.pcre\n#\n",
         "check_client_access hash:FOLDER/refuse\n#       here an OK in a "
         "map before it"]),
    ("only permits", KNOWN + "smtpd_relay_restrictions = "
     "check_recipient_access hash:FOLDER/permit, reject\n", [
         "! recipient_access = [", "it permits and never refuses"]),
    ("what ends a list", KNOWN + "smtpd_client_restrictions = permit, "
     "check_client_access hash:FOLDER/refuse\nsmtpd_helo_restrictions = "
     "warn_if_reject reject, check_helo_access hash:FOLDER/refuse, reject, "
     "check_helo_access pcre:FOLDER/refuse.pcre\n", [
         'it is never asked: the list ends at "permit", before it',
         'it is never asked: the list ends at "reject", before it',
         "! client_access = [", "\nhelo_access = [\n\t# smtpd_helo_"
         'restrictions\n\t"hash:FOLDER/refuse"\n];']),
    ("logins", KNOWN + "smtpd_sender_restrictions = check_sasl_access "
     "hash:FOLDER/logins\nsmtpd_recipient_restrictions = permit_mynetworks "
     "check_sasl_access hash:FOLDER/refuse permit_sasl_authenticated "
     "check_sasl_access hash:FOLDER/permit check_helo_access "
     "hash:FOLDER/refuse\n", [
         'login_access = [\n\t# smtpd_sender_restrictions\n'
         '\t"hash:FOLDER/logins"\n];', "answers the same:\n#\n"
         "#   smtpd_sender_restrictions: check_sasl_access "
         "hash:FOLDER/logins\n", "check_sasl_access hash:FOLDER/refuse\n#"
         "       it stands behind permit_mynetworks, and nobody is exempt",
         "check_sasl_access hash:FOLDER/permit\n#       it is never asked: "
         "permit_sasl_authenticated stands before it",
         # What is never asked permits nobody.
         "\nhelo_access = ["]),
    ("logins, no delay", KNOWN + "smtpd_delay_reject = no\n"
     "smtpd_helo_restrictions = check_sasl_access hash:FOLDER/logins\n"
     "smtpd_sender_restrictions = check_sasl_access hash:FOLDER/logins\n", [
         "smtpd_helo_restrictions: check_sasl_access hash:FOLDER/logins\n"
         "#       it is never asked: smtpd_delay_reject = no",
         "\nlogin_access = [\n\t# smtpd_sender", "delay_reject = false;"]),
    ("logins that permit", KNOWN + "smtpd_sender_restrictions = "
     "check_sasl_access hash:FOLDER/both check_sender_access "
     "hash:FOLDER/refuse\n", [
         "\nlogin_access = [", "! sender_access = [", "it stands behind "
         "check_sasl_access hash:FOLDER/both, which may permit"]),
    ("names of restrictions", KNOWN + "smtpd_sender_restrictions = "
     "check_sender_access hash:FOLDER/only_names check_sender_access "
     "hash:FOLDER/warns check_sender_access hash:FOLDER/names\n"
     "smtpd_helo_restrictions = check_helo_access hash:FOLDER/unions\n", [
         '"hash:FOLDER/only_names"', '"hash:FOLDER/warns"',
         '"hash:FOLDER/names"', "! helo_access = [",
         'its result "reject, strict" (FOLDER/unions:1) is the mail server',
         "answers the same:\n#\n#   smtpd_sender_restrictions: "
         "check_sender_access hash:FOLDER/only_names\n#\n",
         "hash:FOLDER/warns\n#       it does more than refuse",
         "hash:FOLDER/names\n#       it permits, too"]),
    ("names, and other codes", KNOWN + "reject_code = 550\n"
     "smtpd_sender_restrictions = check_sender_access "
     "hash:FOLDER/only_names\n", [
         '"hash:FOLDER/only_names"', "# Nothing may leave main.cf.",
         "it does more than refuse"]),
    ("what ends lists", KNOWN + "smtpd_relay_restrictions = "
     "permit_mynetworks, reject\n", [
         "smtpd_relay_restrictions: reject\n#       it decides for all"]),
    ("untrusted routing", KNOWN + "allow_untrusted_routing = yes\n"
     "smtpd_recipient_restrictions = check_recipient_access "
     "hash:FOLDER/both, check_recipient_access hash:FOLDER/refuse\n", [
         "#   allow_untrusted_routing: yes\n#       here it is no: an OK for",
         'recipient_access = [\n\t# smtpd_recipient_restrictions\n'
         '\t"hash:FOLDER/both"\n];', "it stands behind "
         "check_recipient_access hash:FOLDER/both, which may permit"]),
    ("trusted routing", KNOWN + "allow_untrusted_routing = no\n"
     "smtpd_recipient_restrictions = check_recipient_access "
     "hash:FOLDER/both, check_recipient_access hash:FOLDER/refuse\n", [
         "! allow_untrusted", '"hash:FOLDER/both"', '"hash:FOLDER/refuse"']),
    ("other meanings of access", KNOWN + "smtputf8_enable = no\n"
     "enable_idna2003_compatibility = yes\nreject_code = 550\n"
     "defer_code = 451\nsmtpd_client_port_logging = yes\n"
     "virtual_alias_maps = hash:/x\nalways_bcc = a@b.example\n"
     "canonical_maps = hash:/x\n"
     "smtpd_helo_restrictions = check_helo_access hash:FOLDER/refuse\n", [
         "#   smtputf8_enable: no\n#       here keys are UTF-8",
         "#   enable_idna2003_compatibility: yes\n",
         "#   smtpd_client_port_logging: yes\n",
         "#   reject_code: 550\n", "#   defer_code: 451\n",
         "! canonical_maps", "! virtual_alias_maps", "! always_bcc"]),
    ("other meanings of content", KNOWN + "header_checks = "
     "pcre:FOLDER/headers\ncanonical_maps = hash:/x\nmasquerade_domains = "
     "b.example\nalways_add_missing_headers = yes\nmessage_drop_headers = "
     "bcc, x-a\nmilter_protocol = 4\nsmtputf8_enable = no\n"
     "remote_header_rewrite_domain = dom.invalid\nalways_bcc = a@b.c\n", [
         "#   canonical_maps: hash:/x\n#   masquerade_domains: b.example\n"
         "#   remote_header_rewrite_domain: dom.invalid\n#       a milter is "
         "shown fields with the addresses in them rewritten",
         "#   always_add_missing_headers: yes\n",
         "#   message_drop_headers: bcc, x-a\n", "#   milter_protocol: 4\n",
         "! smtputf8", "! always_bcc"]),
    ("usual meanings", KNOWN + "header_checks = pcre:FOLDER/redirects\n"
     "canonical_maps =\nalways_add_missing_headers = no\n"
     "milter_protocol = 6\nvirtual_alias_maps = $virtual_maps\n"
     "message_drop_headers = bcc, content-length, resent-bcc, return-path\n"
     "smtputf8_enable = ${{$compatibility_level} <level {1} ? {no} : {yes}}\n"
     "compatibility_level = 3.6\nreject_code = 554\ndefer_code = 450\n"
     "smtpd_helo_restrictions = check_helo_access hash:FOLDER/refuse\n", [
         "# Nothing had to be left behind."]),
    ("REDIRECT", KNOWN + "header_checks = pcre:FOLDER/redirects\n"
     "always_bcc = a@b.example\nrecipient_bcc_maps = hash:/x\n"
     "virtual_alias_maps = hash:/y\n", [
         "#   always_bcc: a@b.example\n#   recipient_bcc_maps: hash:/x\n"
         "#       REDIRECT takes the place of such recipients",
         "#   virtual_alias_maps: hash:/y\n"]),
    ("REDIRECT in a map", KNOWN + "virtual_alias_maps = hash:/y\n"
     "smtpd_helo_restrictions = check_helo_access "
     "hash:FOLDER/redirects.hash\n", ["#   virtual_alias_maps: hash:/y\n"]),
    ("relay first", KNOWN + "compatibility_level = 3.6\n"
     "smtpd_recipient_restrictions = check_recipient_access "
     "hash:FOLDER/refuse\nsmtpd_relay_restrictions = check_recipient_access "
     "pcre:FOLDER/refuse.pcre\n", [
         'recipient_access = [\n\t# smtpd_relay_restrictions\n'
         '\t"pcre:FOLDER/refuse.pcre",\n']),
    ("relay last, said", KNOWN + "compatibility_level = 3.6\n"
     "smtpd_relay_before_recipient_restrictions = no\n"
     "smtpd_recipient_restrictions = check_recipient_access "
     "hash:FOLDER/refuse\nsmtpd_relay_restrictions = check_recipient_access "
     "pcre:FOLDER/refuse.pcre\n", [
         'recipient_access = [\n\t# smtpd_recipient_restrictions\n'
         '\t"hash:FOLDER/refuse",\n']),
    ("relay last, by its default", KNOWN + "compatibility_level = 2\n"
     "smtpd_recipient_restrictions = check_recipient_access "
     "hash:FOLDER/refuse\nsmtpd_relay_restrictions = check_recipient_access "
     "pcre:FOLDER/refuse.pcre\n", [
         'recipient_access = [\n\t# smtpd_recipient_restrictions\n'
         '\t"hash:FOLDER/refuse",\n']),
    ("nothing left", KNOWN + "smtpd_helo_restrictions = check_helo_access "
     "hash:FOLDER/refuse\n", [
         "# Nothing had to be left behind.\n", "! Left in main.cf"]),
    ("tables in tables", KNOWN + "queue_directory = FOLDER\n"
     "smtpd_client_restrictions = check_client_access "
     "unionmap:{proxy:hash:refuse,btree:FOLDER/refuse}\n"
     "smtpd_helo_restrictions = check_helo_access "
     "pipemap:{hash:FOLDER/words,inline:{one=REJECT}}\n"
     "smtpd_sender_restrictions = check_sender_access "
     "unionmap:{hash:FOLDER/refuse, proxy:ldap:/x}\n", [
         '"unionmap:{hash:FOLDER/refuse, btree:FOLDER/refuse}"',
         '"pipemap:{hash:FOLDER/words, inline:{one=REJECT}}"',
         "# These may then leave", "! stay in main.cf all",
         "! sender_access = [", "there is no type ldap:"]),
    ("agents", "smtp-out_destination_concurrency_limit = 1\n"
     "soft_bounce = yes\n", ["soft_bounce = true;"]),
    ("warn_if_reject", KNOWN + "smtpd_client_restrictions = warn_if_reject "
     "check_client_access hash:FOLDER/refuse, check_client_access "
     "pcre:FOLDER/refuse.pcre\n", [
         "behind warn_if_reject it refuses nothing",
         'client_access = [\n\t# smtpd_client_restrictions\n'
         '\t"pcre:FOLDER/refuse.pcre"\n]']),
    ("classes", KNOWN + "smtpd_restriction_classes = strict, lax\nstrict = "
     "permit_mynetworks check_helo_access hash:FOLDER/refuse\nlax = permit\n"
     "smtpd_sender_restrictions = strict, lax, check_sender_access "
     "hash:FOLDER/refuse\nsmtpd_recipient_restrictions = warn_if_reject "
     "strict check_recipient_access hash:FOLDER/refuse, "
     "check_recipient_access hash:FOLDER/classes\n", [
         "\nhelo_access = [\n\t# smtpd_sender_restrictions",
         '\tmynetworks = [ "helo", "recipient" ];', "! sender_access = [",
         "\nrecipient_access = [", "behind warn_if_reject",
         'its result "strict" (FOLDER/classes:1) is the mail server\'s',
         "what only maps name stays", "stay in main.cf all the same:\n#\n"
         "#   smtpd_sender_restrictions: strict: check_helo_access "
         "hash:FOLDER/refuse\n#       it stands in a class"]),
    ("other restrictions", KNOWN + "smtpd_client_restrictions = "
     "reject_rbl_client a.example, reject_rbl_client b.example=127.0.0.2 "
     "permit_dnswl_client c.example\n sleep 1 check_client_access "
     "hash:FOLDER/refuse reject_unknown_client_hostname new_restriction\n"
     "smtpd_etrn_restrictions = reject\nsmtpd_sender_restrictions = "
     "check_sender_mx_access hash:FOLDER/refuse check_sasl_access "
     "hash:FOLDER/refuse\n", [
         "smtpd_client_restrictions: reject_rbl_client a.example\n#   "
         "smtpd_client_restrictions: reject_rbl_client b.example=127.0.0.2"
         "\n#   smtpd_client_restrictions: permit_dnswl_client c.example\n"
         "#       DNS lists are asked by the mail server\n",
         "smtpd_client_restrictions: sleep 1\n",
         "it stands behind permit_dnswl_client c.example", "! _access = [",
         "new_restriction\n#       not a restriction that is known",
         "check_sender_mx_access hash:FOLDER/refuse\n#       asks DNS",
         "smtpd_etrn_restrictions: reject"]),
    ("results", KNOWN + "smtpd_sender_restrictions = check_sender_access "
     "hash:FOLDER/holds, check_sender_access hash:FOLDER/adds\n"
     "smtpd_helo_restrictions = check_helo_access hash:FOLDER/routes\n", [
         'sender_access = [\n\t# smtpd_sender_restrictions\n'
         '\t"hash:FOLDER/holds"\n]', "hash:FOLDER/holds\n#       it does "
         "more than refuse", "hash:FOLDER/adds\n#       it adds fields",
         'hash:FOLDER/routes\n#       its result "FILTER smtp:[192.0.2.1]" '
         "(FOLDER/routes:1)", "! helo_access = ["]),
    ("tables", KNOWN + "queue_directory = FOLDER\nsmtpd_helo_restrictions = "
     "check_helo_access proxy:hash:refuse check_helo_access "
     "dbm:FOLDER/holds check_helo_access hash:FOLDER/none\n"
     "smtpd_client_restrictions = check_client_access "
     "proxy:ldap:/etc/postfix/x\nsmtpd_sender_restrictions = "
     "check_sender_access nonsense\n", [
         '"hash:FOLDER/refuse"', '\t# smtpd_helo_restrictions; the text '
         'that dbm: was made of\n\t"hash:FOLDER/holds"',
         "cannot be read: No such file", "there is no type ldap:",
         '"nonsense" is not TYPE:NAME']),
    ("lists at DATA", KNOWN + "smtpd_data_restrictions = "
     "check_sender_access hash:FOLDER/refuse, check_recipient_access "
     "hash:FOLDER/refuse\n", [
         "\nsender_access = [", "! recipient_access = [",
         "for a message with a single recipient only"]),
    ("no delay", KNOWN + "smtpd_delay_reject = no\n"
     "smtpd_client_restrictions = check_client_access hash:FOLDER/refuse "
     "check_sender_access hash:FOLDER/refuse\n", [
         "delay_reject = false;", "it is never asked: smtpd_delay_reject",
         "\nclient_access = ["]),
    ("no delay, a later list", KNOWN + "smtpd_delay_reject = no\n"
     "smtpd_recipient_restrictions = permit_sasl_authenticated "
     "check_client_access hash:FOLDER/refuse\n", [
         "delay_reject = true;", "says what it has to say at RCPT"]),
    ("delay", KNOWN + "smtpd_delay_reject = yes\n", [
        "! delay_reject"]),
    ("settings", "soft_bounce = yes\naccess_map_reject_code = 550\n"
     "access_map_defer_code = 451\nmyorigin = $mydomain\nmyhostname = "
     "mx.example.com\nrecipient_delimiter = +-\n"
     "smtpd_null_access_lookup_key = <>\nbody_checks_size_limit = 1000\n"
     "line_length_limit = 4096\nmime_nesting_limit = 20\n"
     "mime_boundary_length_limit = 100\nsmtpd_recipient_limit = 20\n"
     "hopcount_limit = 30\nmessage_size_limit = 5000\n"
     "parent_domain_matches_subdomains = relay_domains, smtpd_access_maps\n"
     "header_size_limit = 30000\n", [
         "\nsoft_bounce = true;", "\naccess_map_reject_code = 550;",
         "\naccess_map_defer_code = 451;", '\nmyorigin = "example.com";',
         '\nrecipient_delimiter = "+-";',
         '\nnull_access_lookup_key = "<>";', "body_checks_size_limit = 1000",
         "line_length_limit = 4096;", "mime_nesting_limit = 20;",
         "mime_boundary_length_limit = 100;", "\nrecipient_limit = 20;",
         "hopcount_limit = 30;", "\nmessage_size_limit = 0;",
         "Postfix's own limit (5000)", "header_size_limit (30000)",
         "parent_domain_matches_subdomains = true;"]),
    ("settings that are not ours", "hopcount_limit = 5000\n"
     "line_length_limit = 100\nmime_nesting_limit = 5000\n"
     "recipient_delimiter = x\nmyorigin = FOLDER/origin\n"
     "access_map_reject_code = none\nsoft_bounce = no\n"
     "parent_domain_matches_subdomains =\n", [
         "# Not 5000: postern takes a number from 0 to 1000, and 0 for no "
         "limit.\nhopcount_limit = 0;", "line_length_limit = 512;",
         "mime_nesting_limit = 1000;", "! \nrecipient_delimiter = ",
         '\nmyorigin = "origin.example";', "access_map_reject_code = none "
         "is not taken over", "soft_bounce = false;",
         "parent_domain_matches_subdomains = false;"]),
    ("content", "header_checks = pcre:FOLDER/headers "
     "proxy:pcre:FOLDER/faulty.pcre\nbody_checks = pcre:FOLDER/lines\n"
     "nested_header_checks =\n", [
         'header_checks = [\n\t"pcre:FOLDER/headers",\n'
         '\t"pcre:FOLDER/faulty.pcre"\n];', "nested_header_checks = [ ];",
         'body_checks = [\n\t"pcre:FOLDER/lines"\n];',
         "! \nmime_header_checks", "compatible_tables = true;",
         "FOLDER/faulty.pcre:2: ",
         "#   non_smtpd_milters = inet:127.0.0.1:8896\n",
         "answers the same:\n#\n#   header_checks\n",
         "#   body_checks\n"]),
    ("content that edits", "header_checks = pcre:FOLDER/rewrites\n"
     "mime_header_checks = $header_checks\n", [
         "#   header_checks\n#       it has to leave as soon as",
         '\nmime_header_checks = [\n\t"pcre:FOLDER/rewrites"\n];']),
    ("content that stays", "header_checks = pcre:FOLDER/headers "
     "pcre:FOLDER/reroutes\nmime_header_checks = pcre:FOLDER/headers\n"
     "body_checks = mysql:/x\n", [
         "\nheader_checks = [ ];", "\nmime_header_checks = [\n",
         "pcre:FOLDER/reroutes: a milter cannot carry out \"FILTER",
         "\nbody_checks = [ ];", "! \n#   header_checks\n#\n"]),
    ("an unknown action", "header_checks = pcre:FOLDER/unknown\n", [
        "compatible_tables = true;", 'unknown action "NONSENSE"',
        "\nheader_checks = [\n"]),
    ("no MIME", "header_checks = pcre:FOLDER/headers\n"
     "disable_mime_input_processing = yes\n", [
         "\nheader_checks = [ ];", "here MIME is always understood"]),
    ("no content in sight", "body_checks = pcre:FOLDER/lines\n"
     "smtpd_proxy_filter = 127.0.0.1:10025\n", [
         "\nbody_checks = [ ];", "a milter is shown no header",
         "smtpd_proxy_filter: 127.0.0.1:10025"]),
    ("milters", KNOWN + "smtpd_milters = inet:127.0.0.1:8891\n"
     "non_smtpd_milters = $smtpd_milters\nmilter_default_action = accept\n"
     "body_checks = pcre:FOLDER/lines\nsmtp_header_checks = pcre:/x\n"
     "smtpd_sender_restrictions = check_sender_access hash:FOLDER/refuse\n",
     ["#   smtpd_milters = inet:127.0.0.1:8896, inet:127.0.0.1:8891\n",
      "#   non_smtpd_milters = inet:127.0.0.1:8896, inet:127.0.0.1:8891\n",
      "milter_default_action is now: accept\n", "write tempfail",
      "(sender_access is then asked for such mail as well",
      "smtp_header_checks: pcre:/x\n#       for mail on its way out"]),
    ("attached already", "smtpd_milters = inet:127.0.0.1:8896\n"
     "milter_default_action = tempfail\n", [
         "#   smtpd_milters = inet:127.0.0.1:8896\n",
         "! milter_default_action"]),
    ("quotes", KNOWN + "smtpd_helo_restrictions = check_helo_access "
     "pcre:{{/^a\\.\"b/ REJECT}}\n", [
         r'"pcre:{{/^a\\.\"b/ REJECT}}"']),
]

# As much of the language of main.cf as there is.
EXPANSIONS = [
    "$a", "${a}", "$(a)", "${a?yes}", "${a:no}", "${e?yes}", "${e:no}",
    "${a?{y s}:{n o}}", "${e?{y}:{n}}", "${{$a} == {A}?{eq}:{ne}}",
    "${{$a}!={A} ? {ne} : {eq}}", "${{10} > {9}?{gt}:{le}}",
    "${{b} <= {a}?{le}:{gt}}", "x$$y", "$a$a-$b", "$(a)x", "${a?x}y",
    "${a?{${b?{deep $a}}}}", "${{$e} == {}?{empty}:{full}}",
    "p${e:q${a}}r", "${{$compatibility_level} <level {3.10}?{lt}:{ge}}",
    "${{3.10} >level {3.6}?{gt}:{le}}", "${{3} ==level {3.0}?{eq}:{ne}}",
    "${{2} >=level {1.5.1}?{ge}:{lt}}", "${{3.6}!=level{3.6}?{ne}:{eq}}",
    "${{2} <=level {10}?{le}:{gt}}", "${{$b} == {A B}?{in $b}}",
]


def one_line(text):
    return re.sub(r"\s*\n\s*#? *", " ", text)


class Import(unittest.TestCase):
    def setUp(self):
        self.folder = Folder()
        self.addCleanup(self.folder.close)
        for name, text in TABLES.items():
            self.folder.write(name, text)

    def run_import(self, text, *args, status=0):
        done = tool("import", *args, stdin=text.replace(
            "FOLDER", self.folder.path).encode())
        self.assertEqual(done.returncode, status, done.stderr.decode())
        self.stderr = done.stderr.decode()
        return done.stdout.decode().replace(self.folder.path, "FOLDER")

    def test_cases(self):
        self.assertGreaterEqual(len(CASES), 25)
        for name, text, parts in CASES:
            with self.subTest(name):
                out = self.run_import(text)
                for part in parts:
                    absent = part.startswith("! ")
                    part = part[2:] if absent else part
                    # Comments are wrapped, and the folder's name is as long
                    # as it is.
                    found = part in out or (
                        not absent and one_line(part) in one_line(out))
                    self.assertNotEqual(found, absent, "%r in\n%s" % (
                        part, out))
                self.assertLess(max(map(len, out.splitlines())), 200)
                self.check(out)

    def check(self, out):
        conf = self.folder.write("postern.conf", out.replace(
            "FOLDER", self.folder.path))
        done = tool("check", "-c", conf)
        self.assertEqual(done.returncode, 0, done.stdout.decode() + out)

    def test_expansion(self):
        """${...} as postconf -x has it."""
        path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
        if not shutil.which("postconf", path=path):
            self.skipTest("postfix is not installed")
        for text in EXPANSIONS:
            conf = ("compatibility_level = 3.6\na = A\nb = $a B\ne =\n"
                    "smtpd_restriction_classes = a b e\n"
                    "smtpd_null_access_lookup_key = <%s>\n" % text)
            self.folder.write("main.cf", conf)
            theirs = subprocess.run(
                ["postconf", "-c", self.folder.path, "-xh",
                 "smtpd_null_access_lookup_key"], check=True,
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                universal_newlines=True, env={**os.environ, "PATH": path})
            self.assertIn('null_access_lookup_key = "%s";\n'
                          % theirs.stdout.strip(), self.run_import(conf),
                          text)

    def make(self, type_, names):
        """postmap's databases of these names, of texts beside them."""
        path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
        if not shutil.which("postmap", path=path):
            self.skipTest("postfix is not installed")
        for name in names:
            text = self.folder.write(name, DATABASES[name])
            subprocess.run(["postmap", "%s:%s" % (type_, text)], check=True,
                           env={**os.environ, "PATH": path})

    def test_databases(self):
        """A database names no results; the text beside it does."""
        for type_ in "cdb", "lmdb":
            with self.subTest(type_):
                self.make(type_, DATABASES)
                os.unlink(self.folder / "gone_db")
                os.utime(self.folder / "stale_db", (5e9, 5e9))
                out = self.run_import((
                    "%smynetworks = TYPE:FOLDER/gone_db\n"
                    "smtpd_sender_restrictions = check_sender_access "
                    "TYPE:FOLDER/refuse_db, check_sender_access "
                    "TYPE:FOLDER/permit_db\nsmtpd_client_restrictions = "
                    "check_client_access unionmap:{TYPE:FOLDER/refuse_db}, "
                    "check_client_access TYPE:FOLDER/routes_db\n"
                    "smtpd_helo_restrictions = check_helo_access "
                    "TYPE:FOLDER/stale_db\nsmtpd_recipient_restrictions = "
                    "check_recipient_access TYPE:FOLDER/gone_db\n"
                    % KNOWN).replace("TYPE", type_))
                for part in [
                        'mynetworks = [\n\t"TYPE:FOLDER/gone_db"\n];',
                        '"TYPE:FOLDER/refuse_db",\n',
                        '"TYPE:FOLDER/permit_db"\n',
                        '"unionmap:{TYPE:FOLDER/refuse_db}"\n',
                        'TYPE:FOLDER/routes_db\n#       its result "FILTER ',
                        "TYPE:FOLDER/stale_db\n#       what its results are "
                        "is not known: the text is newer than what TYPE:",
                        "TYPE:FOLDER/gone_db\n#       what its results are "
                        "is not known: the text that it was made of",
                        "answers the same:\n#\n"
                        "#   smtpd_client_restrictions: check_client_access "
                        "unionmap:{TYPE:FOLDER/refuse_db}\n"
                        "#   smtpd_sender_restrictions: check_sender_access "
                        "TYPE:FOLDER/refuse_db\n#\n",
                        "TYPE:FOLDER/permit_db\n#       it permits, too"]:
                    part = part.replace("TYPE", type_)
                    self.assertIn(one_line(part), one_line(out), out)
                self.assertNotIn("helo_access = [", out)
                self.assertNotIn("recipient_access = [", out)
                self.check(out)

    def test_all_parameters(self):
        """postconf without -n says the same, and knows the defaults."""
        path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
        if not shutil.which("postconf", path=path):
            self.skipTest("postfix is not installed")
        self.folder.write("main.cf", "compatibility_level = 3.6\n"
                          "myhostname = mx.example.com\n"
                          "smtpd_sender_restrictions = check_sender_access "
                          "hash:%s/refuse\n" % self.folder.path)
        self.folder.write("master.cf", "")
        said = subprocess.run(
            ["postconf", "-c", self.folder.path], check=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            universal_newlines=True, env={**os.environ, "PATH": path}).stdout
        self.assertGreater(len(said.splitlines()), 500)
        out = self.run_import(said)
        for part in ['"hash:FOLDER/refuse"', "mynetworks = [\n\t",
                     'myorigin = "mx.example.com";',
                     "\nbody_checks_size_limit = 51200;"]:
            self.assertIn(part, out)
        for part in "reject_code:", "smtputf8_enable:", "message_drop":
            self.assertNotIn(part, out)
        self.check(out)

    def test_stale(self):
        os.utime(self.folder.write("refuse.db", ""), (1e9, 1e9))
        self.assertIn("# smtpd_helo_restrictions; the text is newer",
                      self.run_import(
                          "smtpd_helo_restrictions = check_helo_access "
                          "hash:FOLDER/refuse\n"))

    def test_input(self):
        text = "soft_bounce = yes\n"
        path = self.folder.write("in", text)
        out = self.run_import(text)
        self.assertEqual(self.run_import(text, "-"), out)
        self.assertEqual(self.run_import("", path), out)
        # main.cf itself, comments and all.
        self.assertEqual(self.run_import("# x\nsoft_bounce =\n  yes\n"), out)

    def test_faults(self):
        for text, words in [
                ("", "standard input: holds no parameters"),
                ("a = 1\nnonsense\n", "standard input:2: not a line of"),
                ("a = 1\n" + "x = %s\n" % ("y" * (5 << 20)), "larger than")]:
            self.assertEqual(self.run_import(text, status=2), "")
            self.assertIn(words, self.stderr)
        self.run_import("", self.folder / "not-there", status=2)
        self.assertIn("not-there: No such file", self.stderr)
        self.run_import("", "a", "b", status=2)
        self.run_import("", "--nonsense", status=2)
        self.assertIn("usage: postern import",
                      self.run_import("", "--help"))

    def test_too_much(self):
        """Bounds are met with a word, not with a crash."""
        out = self.run_import(KNOWN + "smtpd_client_restrictions = "
                              + "check_client_access static:REJECT " * 1001)
        self.assertIn("There is more than can be taken over", out)
        out = self.run_import("mynetworks = " + "192.0.2.1 " * 5001
                              + "\nsmtpd_helo_restrictions = "
                              "permit_mynetworks check_helo_access "
                              "hash:FOLDER/refuse\n")
        self.assertIn("There is more than can be taken over", out)
        self.assertNotIn("helo_access = [", out)


if __name__ == "__main__":
    sys.exit(not unittest.main(exit=False).result.wasSuccessful())
