// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/unit_words.h"

#include <QCoreApplication>

#include <array>

namespace dorascope::models {

QString withUnit(const QString& number, Unit unit)
{
    static constexpr std::array<const char*, 5> kWords{QT_TRANSLATE_NOOP("Units", "%1 ms"), QT_TRANSLATE_NOOP("Units", "%1 s"),
                                                       QT_TRANSLATE_NOOP("Units", "%1 min"), QT_TRANSLATE_NOOP("Units", "%1 h"),
                                                       QT_TRANSLATE_NOOP("Units", "%1 d")};
    return QCoreApplication::translate("Units", kWords[static_cast<std::size_t>(unit)]).arg(number);
}

QString infiniteWord() { return QCoreApplication::translate("Units", "infinite"); }

} // namespace dorascope::models
