// SPDX-License-Identifier: GPL-3.0-or-later
// Comma-separated values as RFC 4180 has them.
#pragma once

#include <QString>
#include <QStringList>

namespace dorascope::models {

/// One line with its CRLF. Fields are quoted where need be. Text that a spreadsheet would run as a formula (names come from the network)
/// gets an apostrophe before it.
QString csvLine(const QStringList& fields);

} // namespace dorascope::models
