/*
 * ole - has a file of Microsoft's compound form (OLE: .doc, .xls, .msi, ...)
 * macros?
 *
 * Looked at is the directory alone, as [MS-CFB] lays it out: every entry of
 * it, whether the tree of names leads there or not, since readers differ in
 * what they forgive.  Macros of Visual Basic lie in a storage named VBA with
 * a stream named _VBA_PROJECT ([MS-OVBA]); either of them is enough.  The
 * formulas of Excel 4 are not found so.  A .docx or .xlsx that is encrypted is
 * such a file, too, with a stream named EncryptedPackage.
 *
 * Pure: no memory is taken, every chain ends after as many steps as the file
 * has sectors.
 */
#ifndef POSTERN_SERVICE_OLE_H
#define POSTERN_SERVICE_OLE_H

#include <stdbool.h>

#include "base/span.h"

enum ole { OLE_PLAIN, OLE_ENCRYPTED, OLE_MACROS, OLE_BROKEN };

/* So many bytes tell. */
#define OLE_SIGNATURE	8

bool ole_is(struct span bytes);

/* Of bytes that ole_is() says yes to; BROKEN: no end of the directory. */
enum ole ole_look(struct span bytes);

#endif
