// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/csv.h"

#include <algorithm>

namespace dorascope::models {
namespace {

bool looksLikeFormula(const QString& text)
{
    if (text.isEmpty() || !QStringView{u"=+-@\t\r"}.contains(text.front())) return false;
    bool number = false;
    text.toDouble(&number);
    return !number;
}

QString field(const QString& text)
{
    QString value = looksLikeFormula(text) ? QLatin1Char('\'') + text : text;
    const bool special = std::ranges::any_of(value, [](QChar c) { return QStringView{u",\"\r\n"}.contains(c); });
    if (!special) return value;
    value.replace(QLatin1Char('"'), QStringLiteral("\"\""));
    return QLatin1Char('"') + value + QLatin1Char('"');
}

} // namespace

QString csvLine(const QStringList& fields)
{
    QStringList quoted;
    for (const auto& text : fields)
        quoted << field(text);
    return quoted.join(QLatin1Char(',')) + QStringLiteral("\r\n");
}

} // namespace dorascope::models
