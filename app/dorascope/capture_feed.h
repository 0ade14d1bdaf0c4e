// SPDX-License-Identifier: GPL-3.0-or-later
// A capture as a source of the window: a file, standard input or a live interface.
#pragma once

#include "app/dorascope/capture_reader.h"
#include "app/dorascope/source.h"

namespace dorascope::app {

class CaptureFeed : public Source {
public:
    CaptureFeed(CaptureReader::Kind kind, QString name);

    void pump(Intake& intake, std::chrono::nanoseconds elapsed, std::chrono::nanoseconds budget) override;
    void describe(ui::SourceStatus& status) const override;
    void stop() override { reader_.stop(); }
    std::optional<ui::Problem> takeProblem() override { return reader_.takeProblem(); }

private:
    const CaptureReader::Kind kind_;
    const QString name_;
    CaptureReader reader_;
    FrameQueue::Batch batch_; ///< being taken in, up to taken_
    std::size_t taken_ = 0;
    bool drained_ = false;
};

/// Nanoseconds since 1970 by the wall clock: a live capture's time goes on while nothing arrives.
Instant wallClock();

} // namespace dorascope::app
