/*
 * charset_names - what the names of character sets stand for.
 *
 * Of a name only letters and digits count, without case: "ISO_8859-15:1998",
 * "iso 8859-15" and "iso885915" are one.  The names are IANA's and those that
 * the WHATWG's Encoding Standard found in use, and as there a name means the
 * larger set that readers take it for.
 */
#include "message/charset_names.h"

#define NAME_BYTES	24

static const struct {
	char name[NAME_BYTES];
	enum charset_kind kind;
} own[] = {
	{ "usascii", CHARSET_ASCII },
	{ "ascii", CHARSET_ASCII },
	{ "ansix341968", CHARSET_ASCII },
	{ "iso646us", CHARSET_ASCII },
	{ "isoir6", CHARSET_ASCII },
	{ "us", CHARSET_ASCII },
	{ "ibm367", CHARSET_ASCII },
	{ "cp367", CHARSET_ASCII },
	{ "csascii", CHARSET_ASCII },
	{ "646", CHARSET_ASCII },
	{ "utf8", CHARSET_UTF8 },
	{ "unicode11utf8", CHARSET_UTF8 },
	{ "unicode20utf8", CHARSET_UTF8 },
	{ "xunicode20utf8", CHARSET_UTF8 },
	{ "utf8mb4", CHARSET_UTF8 },
	{ "cp65001", CHARSET_UTF8 },
	{ "utf8bom", CHARSET_UTF8 },
	{ "utf8sig", CHARSET_UTF8 },
	{ "windows1252", CHARSET_1252 },
	{ "cp1252", CHARSET_1252 },
	{ "xcp1252", CHARSET_1252 },
	{ "ansi", CHARSET_1252 },
	{ "ansi1252", CHARSET_1252 },
	{ "iso88591", CHARSET_1252 },
	{ "iso885911987", CHARSET_1252 },
	{ "88591", CHARSET_1252 },
	{ "latin1", CHARSET_1252 },
	{ "l1", CHARSET_1252 },
	{ "isoir100", CHARSET_1252 },
	{ "ibm819", CHARSET_1252 },
	{ "cp819", CHARSET_1252 },
	{ "csisolatin1", CHARSET_1252 },
	{ "utf7", CHARSET_UTF7 },
	{ "unicode11utf7", CHARSET_UTF7 },
	{ "unicode20utf7", CHARSET_UTF7 },
	{ "xunicode20utf7", CHARSET_UTF7 },
	{ "csunicode11utf7", CHARSET_UTF7 },
	{ "cp65000", CHARSET_UTF7 },
	{ "utf16", CHARSET_UTF16 },
	{ "unicode", CHARSET_UTF16 },
	{ "csunicode", CHARSET_UTF16 },
	{ "ucs2", CHARSET_UTF16 },
	{ "iso10646ucs2", CHARSET_UTF16 },
	{ "utf16le", CHARSET_UTF16LE },
	{ "ucs2le", CHARSET_UTF16LE },
	{ "unicodefeff", CHARSET_UTF16LE },
	{ "utf16be", CHARSET_UTF16BE },
	{ "ucs2be", CHARSET_UTF16BE },
	{ "unicodefffe", CHARSET_UTF16BE },
	{ "utf32", CHARSET_UTF32 },
	{ "ucs4", CHARSET_UTF32 },
	{ "iso10646ucs4", CHARSET_UTF32 },
	{ "utf32le", CHARSET_UTF32LE },
	{ "utf32be", CHARSET_UTF32BE },
};

/* Names of one set, as libc's iconv_open(3) calls it. */
static const struct {
	char iconv[NAME_BYTES];
	const char *names;
} theirs[] = {
	{ "ISO-8859-2", "iso88592 iso885921987 88592 latin2 l2 isoir101 "
	    "csisolatin2" },
	{ "ISO-8859-3", "iso88593 iso885931988 88593 latin3 l3 isoir109 "
	    "csisolatin3" },
	{ "ISO-8859-4", "iso88594 iso885941988 88594 latin4 l4 isoir110 "
	    "csisolatin4" },
	{ "ISO-8859-5", "iso88595 iso885951988 88595 cyrillic isoir144 "
	    "csisolatincyrillic" },
	{ "ISO-8859-6", "iso88596 iso885961987 88596 arabic isoir127 ecma114 "
	    "asmo708 iso88596e iso88596i csisolatinarabic" },
	{ "ISO-8859-7", "iso88597 iso885971987 88597 greek greek8 isoir126 "
	    "ecma118 elot928 suneugreek csisolatingreek" },
	{ "ISO-8859-8", "iso88598 iso885981988 88598 hebrew isoir138 "
	    "iso88598e iso88598i logical visual csisolatinhebrew" },
	{ "CP1254", "iso88599 iso885991989 88599 latin5 l5 isoir148 "
	    "csisolatin5 windows1254 cp1254 xcp1254" },
	{ "ISO-8859-10", "iso885910 iso8859101992 latin6 l6 isoir157 "
	    "csisolatin6" },
	{ "CP874", "windows874 cp874 dos874 iso885911 tis620 tis62025291" },
	{ "ISO-8859-13", "iso885913 latin7 l7 isoir179" },
	{ "ISO-8859-14", "iso885914 iso8859141998 latin8 l8 isoir199" },
	{ "ISO-8859-15", "iso885915 iso8859151998 latin9 l9 latin0 "
	    "csisolatin9" },
	{ "ISO-8859-16", "iso885916 iso8859162001 latin10 l10 isoir226" },
	{ "CP1250", "windows1250 cp1250 xcp1250" },
	{ "CP1251", "windows1251 cp1251 xcp1251 win1251 ansi1251" },
	{ "CP1253", "windows1253 cp1253 xcp1253" },
	{ "CP1255", "windows1255 cp1255 xcp1255" },
	{ "CP1256", "windows1256 cp1256 xcp1256" },
	{ "CP1257", "windows1257 cp1257 xcp1257" },
	{ "CP1258", "windows1258 cp1258 xcp1258" },
	{ "KOI8-R", "koi8r koi8 koi cskoi8r" },
	{ "KOI8-U", "koi8u koi8ru" },
	{ "IBM437", "ibm437 cp437 437 cspc8codepage437" },
	{ "IBM850", "ibm850 cp850 850 cspc850multilingual" },
	{ "IBM852", "ibm852 cp852 852 cspcp852" },
	{ "IBM855", "ibm855 cp855 855" },
	{ "IBM857", "ibm857 cp857 857" },
	{ "IBM860", "ibm860 cp860 860" },
	{ "IBM861", "ibm861 cp861 861" },
	{ "IBM862", "ibm862 cp862 862 cspc862latinhebrew dos862" },
	{ "IBM863", "ibm863 cp863 863" },
	{ "IBM864", "ibm864 cp864 864" },
	{ "IBM865", "ibm865 cp865 865" },
	{ "IBM866", "ibm866 cp866 866 csibm866" },
	{ "IBM869", "ibm869 cp869 869" },
	{ "CP737", "ibm737 cp737 737" },
	{ "CP775", "ibm775 cp775 775" },
	{ "IBM037", "ibm037 cp037 037 ebcdiccpus" },
	{ "IBM500", "ibm500 cp500 500 ebcdiccpbe" },
	{ "MACINTOSH", "macintosh mac xmacroman macroman csmacintosh" },
	{ "MAC-CYRILLIC", "xmaccyrillic maccyrillic xmacukrainian" },
	{ "MACINTOSH", "xmac" },
	{ "HP-ROMAN8", "hproman8 roman8 r8 cshproman8" },
	{ "VISCII", "viscii csviscii" },
	{ "TCVN5712-1", "tcvn tcvn5712 tcvn57121" },
	{ "ARMSCII-8", "armscii8" },
	{ "GEORGIAN-PS", "georgianps" },
	{ "CP932", "shiftjis sjis xsjis mskanji ms932 windows31j cp932 "
	    "windows932 csshiftjis cswindows31j" },
	{ "EUC-JP-MS", "eucjp xeucjp cseucpkdfmtjapanese eucjpms ujis "
	    "extendedunixcodepackedformatforjapanese" },
	{ "ISO-2022-JP-3", "iso2022jp csiso2022jp iso2022jp1 iso2022jp3 "
	    "cp50220 cp50221 cp50222 iso2022jpms" },
	{ "ISO-2022-JP-2", "iso2022jp2 csiso2022jp2" },
	{ "GB18030", "gb18030 gbk xgbk gb2312 gb231280 xgb2312 euccn xeuccn "
	    "chinese csgb2312 csiso58gb231280 isoir58 cp936 ms936 windows936 "
	    "csgbk cngb" },
	{ "ISO-2022-CN", "iso2022cn csiso2022cn iso2022cnext" },
	{ "BIG5-HKSCS", "big5 big5hkscs cnbig5 xxbig5 csbig5 cp950 ms950 "
	    "windows950 big5eten xbig5" },
	{ "EUC-TW", "euctw xeuctw cns11643" },
	{ "UHC", "euckr xeuckr cseuckr ksc5601 ksc56011987 ksc56011989 "
	    "ksc5601987 korean isoir149 csksc56011987 windows949 cp949 ms949 "
	    "uhc xwindows949 ks56011987" },
	{ "ISO-2022-KR", "iso2022kr csiso2022kr" },
	{ "JOHAB", "johab cp1361 ms1361" },
};

/* Lower case letters and digits alone; too long: empty. */
static struct span
plain(struct span name, char to[NAME_BYTES * 2])
{
	size_t n = 0;

	for (size_t i = 0; i < name.n; i++) {
		if (!ascii_alnum((unsigned char)name.p[i]))
			continue;
		if (n == NAME_BYTES * 2)
			return SPAN("");
		to[n++] = (char)ascii_lower((unsigned char)name.p[i]);
	}
	return span_make(to, n);
}

static bool
is_among(struct span name, const char *names)
{
	struct span rest = span_of(names);

	while (rest.n > 0)
		if (span_equal(span_word(&rest), name))
			return true;
	return false;
}

enum charset_kind
charset_find(struct span name, const char **iconv_r)
{
	char space[NAME_BYTES * 2];

	name = plain(name, space);
	if (name.n == 0)
		return CHARSET_UNKNOWN;
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (span_equal(name, span_of(own[i].name)))
			return own[i].kind;
	for (size_t i = 0; i < sizeof(theirs) / sizeof(theirs[0]); i++)
		if (is_among(name, theirs[i].names)) {
			*iconv_r = theirs[i].iconv;
			return CHARSET_ICONV;
		}
	return CHARSET_UNKNOWN;
}
