// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/rate_colors.h"

#include "capture/observe/series.h"
#include "ui/theme/theme.h"

#include <QCoreApplication>

#include <array>

namespace dorascope::ui {
namespace {

struct Row {
    const char* name;
    MessageType type;
};
/// In the order of observe::RateKind.
constexpr std::array<Row, observe::kRateKinds> kRows{{
    {QT_TRANSLATE_NOOP("Rates", "Discover"), MessageType::discover},
    {QT_TRANSLATE_NOOP("Rates", "Offer"), MessageType::offer},
    {QT_TRANSLATE_NOOP("Rates", "Request"), MessageType::request},
    {QT_TRANSLATE_NOOP("Rates", "Ack"), MessageType::ack},
    {QT_TRANSLATE_NOOP("Rates", "Nak"), MessageType::nak},
    {QT_TRANSLATE_NOOP("Rates", "Decline"), MessageType::decline},
    {QT_TRANSLATE_NOOP("Rates", "Release"), MessageType::release},
    {QT_TRANSLATE_NOOP("Rates", "Inform"), MessageType::inform},
    {QT_TRANSLATE_NOOP("Rates", "Other"), MessageType::none},
}};

} // namespace

QString rateName(std::size_t kind) { return QCoreApplication::translate("Rates", kRows.at(kind).name); }
QColor rateColor(std::size_t kind) { return Theme::current().messageColor(kRows.at(kind).type); }

} // namespace dorascope::ui
