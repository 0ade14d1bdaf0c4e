// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dorascope/capture_feed.h"

#include <QCoreApplication>
#include <QFileInfo>

namespace dorascope::app {

Instant wallClock() { return Instant{std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch())}; }

CaptureFeed::CaptureFeed(CaptureReader::Kind kind, QString name)
    : kind_(kind), name_(std::move(name)), reader_(kind, name_.toStdString())
{ }

void CaptureFeed::pump(Intake& intake, std::chrono::nanoseconds, std::chrono::nanoseconds budget)
{
    const auto begun = std::chrono::steady_clock::now();
    const bool finished = reader_.finished(); // asked before draining: what it put in last is drained below
    for (;;) {
        if (taken_ == batch_.size()) {
            taken_ = 0;
            if (!reader_.queue().drain(batch_)) {
                if (finished && !drained_) intake.settle();
                drained_ = finished;
                break;
            }
        }
        for (; taken_ < batch_.size(); ++taken_) {
            if (taken_ % 64 == 63 && std::chrono::steady_clock::now() - begun > budget) return;
            intake.frame(batch_.at(taken_));
        }
    }
    if (kind_ == CaptureReader::Kind::interface && !reader_.finished()) intake.advance(wallClock());
}

void CaptureFeed::describe(ui::SourceStatus& status) const
{
    status.name = name_;
    status.running = !drained_;
    status.queueDrops = reader_.dropped();
    status.kernelDrops = reader_.kernelDrops();
    status.progress = reader_.progress();
    switch (kind_) {
    case CaptureReader::Kind::file:
        status.kind = ui::SourceKind::file;
        status.title = QFileInfo(name_).fileName();
        break;
    case CaptureReader::Kind::input:
        status.kind = ui::SourceKind::pipe;
        status.title = name_ == QLatin1String("-") ? QCoreApplication::translate("CaptureFeed", "Standard input")
                                                   : QCoreApplication::translate("CaptureFeed", "Pipe %1").arg(name_);
        break;
    case CaptureReader::Kind::interface:
        status.kind = ui::SourceKind::watch;
        status.title = QCoreApplication::translate("CaptureFeed", "Watching %1").arg(name_);
        break;
    }
}

} // namespace dorascope::app
