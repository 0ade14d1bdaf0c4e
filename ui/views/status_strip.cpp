// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/status_strip.h"

#include "ui/models/server_model.h"
#include "ui/models/time_text.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/views/button_text.h"
#include "ui/views/notice_history.h"
#include "ui/views/texts.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QToolButton>

#include <algorithm>
#include <cmath>

namespace dorascope::ui {
namespace {

void setColor(QLabel& label, const QColor& color)
{
    QPalette palette = label.palette();
    palette.setColor(QPalette::WindowText, color);
    label.setPalette(palette);
}

void setText(QLabel& label, const QString& text)
{
    if (label.text() != text) label.setText(text);
    label.setVisible(!text.isEmpty());
}

std::uint64_t total(const QList<DropCount>& drops)
{
    std::uint64_t all = 0;
    for (const DropCount& drop : drops)
        all += drop.count;
    return all;
}

} // namespace

StatusStrip::StatusStrip(models::Scope& scope, SourceControl& control, QWidget* parent)
    : QWidget(parent), scope_(scope), control_(control), serving_(new QLabel), frames_(new QLabel), pool_(new QLabel),
      remark_(new QLabel), progress_(new QProgressBar), cancel_(new QToolButton), notices_(new QToolButton),
      history_(new NoticeHistory(this))
{
    setObjectName(QStringLiteral("statusStrip"));
    setAttribute(Qt::WA_StyledBackground);
    setAccessibleName(tr("Status"));
    auto* const row = new QHBoxLayout(this);
    row->setContentsMargins(14, 6, 14, 6);
    row->setSpacing(28);
    progress_->setRange(0, 1000);
    progress_->setTextVisible(false);
    progress_->setFixedWidth(160);
    progress_->setAccessibleName(tr("Progress of reading"));
    cancel_->setText(tr("Cancel"));
    cancel_->setProperty("kind", "link");
    cancel_->setToolTip(tr("Stop reading; what was read stays (Ctrl+.)"));
    for (QWidget* const widget : std::initializer_list<QWidget*>{serving_, progress_, cancel_, frames_, pool_})
        row->addWidget(widget);
    row->addStretch(1);
    row->addWidget(notices_);
    row->addWidget(remark_);
    notices_->setProperty("kind", "link");
    notices_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    notices_->setFocusPolicy(Qt::StrongFocus);
    notices_->setShortcut(Qt::CTRL | Qt::SHIFT | Qt::Key_N);
    connect(notices_, &QToolButton::clicked, this, [this] { history_->showAbove(*notices_, control_.status().notices); });
    connect(cancel_, &QToolButton::clicked, &control_, &SourceControl::stop);
    connect(&control_, &SourceControl::statusChanged, this, &StatusStrip::refresh);
    connect(&scope_, &models::Scope::reset, this, &StatusStrip::refresh);
    connect(&Theme::current(), &Theme::changed, this, &StatusStrip::restyle);
    restyle();
    refresh();
}

void StatusStrip::restyle()
{
    const Theme& theme = Theme::current();
    QFont font = theme.textFont();
    if (font.pointSizeF() > 0) font.setPointSizeF(font.pointSizeF() * 0.94);
    for (QLabel* const label : {frames_, pool_}) {
        label->setFont(font);
        setColor(*label, theme.color(Role::textMuted));
    }
    font.setWeight(QFont::DemiBold);
    serving_->setFont(font);
    remark_->setFont(font);
    setColor(*serving_, theme.color(Role::good));
    setColor(*remark_, theme.color(Role::danger));
}

/// "Dropped at the server: 12 damaged, 1 not sent", and what it understood and did not answer, on a line each.
QString StatusStrip::drops(const SourceStatus& status)
{
    const auto reasons = [](const QList<DropCount>& drops) {
        QStringList rows;
        for (const DropCount& drop : drops)
            rows << tr("%1 %2").arg(grouped(drop.count), drop.words);
        return rows.join(QStringLiteral(", "));
    };
    QStringList lines;
    if (!status.serverDrops.isEmpty()) lines << tr("Dropped at the server: %1").arg(reasons(status.serverDrops));
    if (!status.unanswered.isEmpty()) lines << tr("Not answered: %1").arg(reasons(status.unanswered));
    return lines.join(QLatin1Char('\n'));
}

void StatusStrip::refreshNotices(const QList<Notice>& notices)
{
    notices_->setVisible(!notices.isEmpty());
    if (notices.isEmpty()) return;
    const bool stands = std::ranges::any_of(notices, &Notice::stands);
    const Theme& theme = Theme::current();
    setTextOf(*notices_, notices.size() == 1 ? tr("1 notice") : tr("%1 notices").arg(notices.size()));
    notices_->setIcon(icon(QStringLiteral("warning"), theme.color(stands ? Role::warning : Role::textMuted)));
    notices_->setToolTip(tr("%1  %2\n(all of them: Ctrl+Shift+N)")
                             .arg(models::clockTextSeconds(notices.constLast().at), notices.constLast().text));
}

QString StatusStrip::frames(const SourceStatus& status) const
{
    QStringList parts{tr("%1 frames").arg(grouped(status.frames))};
    QStringList dropped;
    if (status.kernelDrops > 0) dropped << tr("%1 dropped by the kernel").arg(grouped(status.kernelDrops));
    if (status.queueDrops > 0) dropped << tr("%1 by the window").arg(grouped(status.queueDrops));
    const std::uint64_t atServer = total(status.serverDrops), unanswered = total(status.unanswered);
    if (atServer > 0) dropped << tr("%1 at the server").arg(grouped(atServer));
    if (!dropped.isEmpty() && status.kernelDrops == 0) dropped.first().prepend(tr("dropped: "));
    parts << (dropped.isEmpty() ? tr("0 dropped") : dropped.join(QStringLiteral(", ")));
    if (unanswered > 0) parts << tr("%1 not answered").arg(grouped(unanswered));
    if (status.kind != SourceKind::file)
        parts << tr("%1 frames/s").arg(grouped(static_cast<std::uint64_t>(std::llround(status.framesPerSecond))));
    return parts.join(QStringLiteral(" \u00b7 "));
}

QString StatusStrip::pool() const
{
    const std::uint64_t size = scope_.pool().size(), bound = scope_.inUse();
    if (size > 0) return tr("Pool %1 / %2").arg(grouped(bound), grouped(size));
    if (bound == 1) return tr("1 address bound");
    return bound > 0 ? tr("%1 addresses bound").arg(grouped(bound)) : QString();
}

QString StatusStrip::remark() const
{
    const observe::LanState& state = scope_.state();
    const observe::ServerId reference = models::referenceServer(state);
    for (observe::ServerId id = 0; id < state.servers().size(); ++id) {
        if (id == reference || reference == observe::kNone) continue;
        const QStringList differences = models::serverDifferences(state.servers()[id], state.servers()[reference]);
        if (!differences.isEmpty())
            return tr("Another server, %1, offers another %2").arg(scope_.serverName(id), differences.first());
    }
    return {};
}

void StatusStrip::refresh()
{
    const SourceStatus status = control_.status();
    QString state = status.serving;
    if (state.isEmpty())
        state = status.kind == SourceKind::none ? QString() : status.progress ? tr("Reading %1").arg(status.title) : status.title;
    if (!status.running && status.kind == SourceKind::serve) state = tr("Serving has stopped");
    if (!status.running && status.kind == SourceKind::watch) state = tr("Capture on %1 has stopped").arg(status.name);
    if (status.paused) state = tr("%1 \u00b7 paused").arg(state);
    setText(*serving_, state);
    setText(*frames_, status.kind == SourceKind::none ? QString() : frames(status));
    frames_->setToolTip(drops(status));
    refreshNotices(status.notices);
    setText(*pool_, pool());
    setText(*remark_, remark());
    progress_->setVisible(status.progress.has_value());
    cancel_->setVisible(status.progress.has_value());
    if (status.progress) progress_->setValue(static_cast<int>(*status.progress * 1000));
    setAccessibleDescription(text());
}

QString StatusStrip::text() const
{
    QStringList parts;
    for (const QLabel* const label : {serving_, frames_, pool_, remark_})
        if (!label->text().isEmpty()) parts << label->text();
    if (!frames_->toolTip().isEmpty()) parts << frames_->toolTip();
    if (!notices_->isHidden()) parts << notices_->text();
    return parts.join(QStringLiteral(", "));
}

} // namespace dorascope::ui
