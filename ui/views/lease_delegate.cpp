// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/lease_delegate.h"

#include "ui/models/lease_model.h"
#include "ui/theme/theme.h"

#include <QPainter>

namespace dorascope::ui {
namespace {

using models::LeaseModel;
using observe::BindingState;

struct StateLook {
    BindingState state;
    Role dot, ink;
};
constexpr StateLook kStates[] = {
    {BindingState::offered, Role::addressOffered, Role::warning},
    {BindingState::bound, Role::addressBound, Role::good},
    {BindingState::expired, Role::addressReserved, Role::textMuted},
    {BindingState::released, Role::addressReserved, Role::textMuted},
    {BindingState::declined, Role::addressConflict, Role::danger},
    {BindingState::conflict, Role::addressConflict, Role::danger},
};
const StateLook& lookOf(BindingState state)
{
    for (const StateLook& look : kStates)
        if (look.state == state) return look;
    return kStates[2];
}

} // namespace

void LeaseDelegate::paintState(QPainter& painter, const QRect& box, const QModelIndex& index)
{
    const Theme& theme = Theme::current();
    const auto state = static_cast<BindingState>(index.data(LeaseModel::kStateRole).toInt());
    const bool contested = index.data(LeaseModel::kContestedRole).toBool();
    const StateLook& look = lookOf(contested ? BindingState::conflict : state);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.color(look.dot));
    painter.drawEllipse(QPointF(box.left() + 4.5, box.center().y() + 0.5), 4, 4);
    QFont font = theme.textFont();
    font.setWeight(QFont::Medium);
    const QRect words = box.adjusted(16, 0, 0, 0);
    const QString note = index.data(LeaseModel::kStateNoteRole).toString();
    if (note.isEmpty()) return paintText(painter, words, index.data().toString(), font, theme.color(look.ink));
    // Two facts, a line each.
    const QString word = index.data().toString().section(QStringLiteral(", "), 0, 0);
    const int upper = QFontMetrics(font).height(), lower = QFontMetrics(theme.smallFont()).height();
    const int top = words.center().y() - (upper + lower) / 2;
    paintText(painter, QRect(words.left(), top, words.width(), upper), word, font, theme.color(lookOf(state).ink));
    paintText(painter, QRect(words.left(), top + upper, words.width(), lower), note, theme.smallFont(),
              theme.color(contested ? look.ink : Role::textMuted));
}

void LeaseDelegate::paintTimeLeft(QPainter& painter, const QRect& box, const QModelIndex& index)
{
    const Theme& theme = Theme::current();
    const double fraction = index.data(LeaseModel::kFractionRole).toDouble();
    if (fraction < 0) return paintText(painter, box, index.data().toString(), theme.numberFont(), theme.color(Role::textMuted));
    const int line = QFontMetrics(theme.smallFont()).height();
    const int top = box.center().y() - (line + 7) / 2;
    paintText(painter, QRect(box.left(), top, box.width(), line), index.data().toString(), theme.smallFont(),
              theme.color(Role::text));
    const QRectF track(box.left(), top + line + 2, std::min(box.width(), 120), 4);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.color(Role::addressFree));
    painter.drawRoundedRect(track, 2, 2);
    // RFC 2131 §4.4.5: below an eighth the client is past T2 and asks anybody.
    painter.setBrush(theme.color(fraction < 0.125     ? Role::addressConflict
                                     : fraction < 0.5 ? Role::addressOffered
                                                      : Role::addressBound));
    painter.drawRoundedRect(
        QRectF(track.left(), track.top(), std::max(4.0, track.width() * std::min(1.0, fraction)), track.height()), 2, 2);
}

void LeaseDelegate::paintCell(QPainter& painter, const Row& row, const QModelIndex& index) const
{
    const Theme& theme = Theme::current();
    const auto severity = static_cast<models::CellSeverity>(index.data(LeaseModel::kSeverityRole).toInt());
    switch (index.column()) {
    case LeaseModel::kClient:
        return paintTwoLines(painter, row.box, index.data(LeaseModel::kClientNameRole).toString(),
                             index.data(LeaseModel::kClientDetailRole).toString());
    case LeaseModel::kState: return paintState(painter, row.box, index);
    case LeaseModel::kTimeLeft: return paintTimeLeft(painter, row.box, index);
    case LeaseModel::kSince:
    case LeaseModel::kLastSeen:
    case LeaseModel::kClientId:
        return paintText(painter, row.box, index.data().toString(), theme.numberFont(), theme.color(Role::textMuted));
    default:
        return paintText(painter, row.box, index.data().toString(), theme.numberFont(),
                         severityColor(severity, theme.color(Role::text)));
    }
}

} // namespace dorascope::ui
