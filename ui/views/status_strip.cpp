// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/status_strip.h"

#include "ui/models/server_model.h"
#include "ui/theme/theme.h"
#include "ui/views/texts.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QToolButton>

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

} // namespace

StatusStrip::StatusStrip(models::Scope& scope, SourceControl& control, QWidget* parent)
    : QWidget(parent), scope_(scope), control_(control), serving_(new QLabel), frames_(new QLabel), pool_(new QLabel),
      remark_(new QLabel), progress_(new QProgressBar), cancel_(new QToolButton)
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
    row->addWidget(remark_);
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

QString StatusStrip::frames(const SourceStatus& status) const
{
    QStringList parts{tr("%1 frames").arg(grouped(status.frames))};
    const bool live = status.kind == SourceKind::watch || status.kind == SourceKind::serve || status.kind == SourceKind::pipe;
    if (live || status.kernelDrops + status.queueDrops > 0) {
        parts << (status.queueDrops > 0 ? tr("%1 dropped by the kernel, %2 by the window")
                                              .arg(grouped(status.kernelDrops), grouped(status.queueDrops))
                                        : tr("%1 dropped").arg(grouped(status.kernelDrops)));
    } else {
        parts << tr("0 dropped");
    }
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
    return parts.join(QStringLiteral(", "));
}

} // namespace dorascope::ui
