// SPDX-License-Identifier: GPL-3.0-or-later
// A capture being read on a thread of its own: a file, a pipe, or a live interface through dorascope-netd.
#pragma once

#include "app/dorascope/frame_queue.h"
#include "app/dorascope/stream_relay.h"
#include "capture/source/capture_source.h"
#include "ui/views/source_control.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace dorascope::app {

class CaptureReader {
public:
    enum class Kind { file, input, interface };
    /// Starts at once; whatever goes wrong arrives by takeProblem(). `name` is the file's, the pipe's ("-": standard input) or the interface's.
    CaptureReader(Kind kind, std::string name);
    CaptureReader(const CaptureReader&) = delete;
    CaptureReader& operator=(const CaptureReader&) = delete;
    ~CaptureReader();

    FrameQueue& queue() { return queue_; }
    std::uint64_t dropped() const { return queue_.dropped(); } ///< by the full queue
    void stop(); ///< from the window's thread; does not wait
    bool finished() const { return finished_; }
    std::optional<double> progress() const; ///< of a file
    std::uint64_t kernelDrops() const;
    std::optional<ui::Problem> takeProblem();

private:
    void run();
    void read(source::CaptureSource& source);
    std::optional<source::CaptureSource> open();
    std::optional<source::CaptureSource> openRelayed(host::Descriptor input, host::Descriptor status);
    void fail(ui::Problem problem);
    void fail(const source::SourceError& error);

    const Kind kind_;
    const std::string name_;
    FrameQueue queue_;
    std::atomic<bool> stopping_ = false, finished_ = false;
    std::atomic<double> progress_ = -1;
    mutable std::mutex mutex_; ///< guards relay_ and problem_
    std::unique_ptr<StreamRelay> relay_;
    std::optional<ui::Problem> problem_;
    std::thread thread_;
};

} // namespace dorascope::app
