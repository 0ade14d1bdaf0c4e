// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/server_card.h"

#include "ui/theme/theme.h"

#include <QPainter>

#include <algorithm>
#include <array>
#include <cmath>

namespace dorascope::ui {
namespace {

using models::ServerModel;

constexpr ServerModel::Column kShown[] = {
    ServerModel::kIdentifier, ServerModel::kMac,       ServerModel::kTrust,    ServerModel::kMask,
    ServerModel::kRouters,    ServerModel::kDns,       ServerModel::kDomain,   ServerModel::kLeaseTime,
    ServerModel::kAddresses,  ServerModel::kFirstSeen, ServerModel::kLastSeen,
};

/// Response times spread over decades: 0.1 ms on the virtual LAN, seconds behind a probing server. Bins of a sixth of a decade.
constexpr double kFirstDecade = -2; // 0.01 ms
constexpr int kBinsADecade = 6, kBins = 6 * kBinsADecade;

struct Histogram {
    std::array<int, kBins> counts{};
    int most = 0, low = kBins, high = -1;
};
Histogram histogramOf(const QList<float>& times)
{
    Histogram result;
    for (const float time : times) {
        const double decade = std::log10(std::max(1e-6, static_cast<double>(time))) - kFirstDecade;
        const int bin = std::clamp(static_cast<int>(std::floor(decade * kBinsADecade)), 0, kBins - 1);
        result.most = std::max(result.most, ++result.counts[static_cast<std::size_t>(bin)]);
        result.low = std::min(result.low, bin);
        result.high = std::max(result.high, bin);
    }
    return result;
}

QString edgeText(int bin)
{
    const double ms = std::pow(10, kFirstDecade + static_cast<double>(bin) / kBinsADecade);
    return ms >= 995 ? ServerCard::tr("%1 s").arg(ms / 1000, 0, 'g', 2) : ServerCard::tr("%1 ms").arg(ms, 0, 'g', 2);
}

} // namespace

ServerCard::ServerCard(models::ServerModel& model, QWidget* parent) : Card(parent), model_(model)
{
    setAccessibleName(tr("The chosen server"));
    connect(&model_, &QAbstractItemModel::dataChanged, this, qOverload<>(&QWidget::update));
    connect(&Theme::current(), &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

QSize ServerCard::sizeHint() const
{
    const int line = QFontMetrics(Theme::current().numberFont()).height() + 5;
    return {600, 62 + line * static_cast<int>(std::size(kShown))};
}

/// Less would cut its last row off: then the page scrolls.
QSize ServerCard::minimumSizeHint() const
{
    const int line = QFontMetrics(Theme::current().numberFont()).height() + 1;
    return {0, 62 + line * static_cast<int>(std::size(kShown))};
}

void ServerCard::setRow(int row)
{
    row_ = row < 0 ? QModelIndex() : model_.index(row, 0);
    QStringList words;
    for (const auto column : kShown)
        if (row_.isValid())
            words << model_.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString() + QLatin1Char(' ')
                    + row_.sibling(row_.row(), column).data().toString();
    setAccessibleDescription(words.join(QStringLiteral(", ")));
    update();
}

void ServerCard::paintProperties(QPainter& painter, const QRectF& box) const
{
    const Theme& theme = Theme::current();
    const double letters = QFontMetricsF(theme.numberFont()).height(),
                 room = box.height() / static_cast<double>(std::size(kShown));
    const double line = std::clamp(room, letters + 1, letters + 5);
    double y = box.top();
    for (const auto column : kShown) {
        const QModelIndex cell = row_.sibling(row_.row(), column);
        const bool differs = cell.data(ServerModel::kDiffersRole).toBool();
        painter.setFont(theme.textFont());
        painter.setPen(theme.color(Role::textMuted));
        painter.drawText(QRectF(box.left(), y, 130, line), Qt::AlignLeft | Qt::AlignVCenter,
                         model_.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString());
        QFont font = theme.numberFont();
        if (differs) font.setWeight(QFont::DemiBold);
        painter.setFont(font);
        painter.setPen(theme.color(differs ? Role::danger : Role::text));
        const double wide = box.width() - 138;
        const QString value = cell.data().toString().isEmpty()
            ? QString(QChar(0x2013))
            : (differs ? QStringLiteral("\u2260 ") : QString()) + cell.data().toString();
        painter.drawText(QRectF(box.left() + 138, y, wide, line), Qt::AlignLeft | Qt::AlignVCenter,
                         QFontMetricsF(font).elidedText(value, Qt::ElideRight, wide));
        y += line;
    }
}

void ServerCard::paintTimes(QPainter& painter, const QRectF& box) const
{
    const Theme& theme = Theme::current();
    const auto times = row_.data(ServerModel::kResponsesRole).value<QList<float>>();
    const double text = QFontMetricsF(theme.smallFont()).height();
    painter.setFont(theme.textFont());
    painter.setPen(theme.color(Role::textMuted));
    painter.drawText(QRectF(box.left(), box.top(), box.width(), text + 8), Qt::AlignLeft | Qt::AlignTop,
                     times.isEmpty() ? tr("No response time measured yet") : tr("Response times, %1 answers").arg(times.size()));
    if (times.isEmpty()) return;
    const Histogram histogram = histogramOf(times);
    const int low = std::max(0, histogram.low - 1), high = std::min(kBins - 1, histogram.high + 1), bins = high - low + 1;
    const QRectF plot = box.adjusted(0, text + 14, 0, -text - 6);
    const double wide = std::min(64.0, plot.width() / bins);
    painter.setPen(theme.color(Role::cardBorder));
    painter.drawLine(plot.bottomLeft(), QPointF(plot.left() + wide * bins, plot.bottom()));
    painter.setFont(theme.smallFont());
    for (int bin = low; bin <= high; ++bin) {
        const double x = plot.left() + wide * (bin - low);
        const int count = histogram.counts[static_cast<std::size_t>(bin)];
        const double height = (plot.height() - text) * count / histogram.most;
        if (count > 0) {
            const QRectF bar(x + 2, plot.bottom() - height, wide - 4, height);
            painter.fillRect(bar, theme.messageColor(MessageType::ack));
            painter.setPen(theme.color(Role::textMuted));
            painter.drawText(QRectF(x, bar.top() - text, wide, text), Qt::AlignCenter, QString::number(count));
        }
        painter.setPen(theme.color(Role::textMuted));
        if (wide > 44 || (bin - low) % 2 == 0)
            painter.drawText(QRectF(x - 40, plot.bottom() + 4, 80, text), Qt::AlignCenter, edgeText(bin));
    }
}

void ServerCard::paintEvent(QPaintEvent* event)
{
    Card::paintEvent(event);
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF inner = QRectF(rect()).adjusted(16, 12, -16, -14);
    if (!row_.isValid()) {
        painter.setPen(theme.color(Role::textMuted));
        painter.drawText(inner, Qt::AlignCenter, tr("No DHCP server has answered yet."));
        return;
    }
    painter.setFont(theme.headingFont());
    painter.setPen(theme.color(Role::text));
    const double heading = QFontMetricsF(theme.headingFont()).height() + 12;
    painter.drawText(QRectF(inner.left(), inner.top(), inner.width(), heading), Qt::AlignLeft | Qt::AlignTop,
                     tr("What %1 hands out").arg(row_.data().toString()));
    const QRectF rest = inner.adjusted(0, heading, 0, 0);
    const bool beside = rest.width() > 560;
    paintProperties(painter, beside ? QRectF(rest.topLeft(), QSizeF(rest.width() * 0.52, rest.height())) : rest);
    if (beside) {
        const QRectF right(rest.left() + rest.width() * 0.56, rest.top(), rest.width() * 0.44, std::min(rest.height(), 220.0));
        paintTimes(painter, right);
    }
}

} // namespace dorascope::ui
