// SPDX-License-Identifier: GPL-3.0-or-later
// watch: the DHCP of a live interface. One thread takes frames from dorascope-netd's stream, this one prints.
#include "app/cli/bounded_queue.h"
#include "app/cli/clock.h"
#include "app/cli/commands.h"
#include "app/cli/counted.h"
#include "app/cli/drop_count.h"
#include "app/cli/frame_saver.h"
#include "app/cli/output.h"
#include "app/cli/reporter.h"
#include "app/cli/stop_signals.h"
#include "engine/host/privileged.h"

#include <atomic>
#include <csignal>
#include <fmt/format.h>
#include <thread>
#include <unistd.h>

namespace dorascope::cli {
namespace {

constexpr std::size_t kMostWaiting = 262144; ///< frames that printing is behind
constexpr std::chrono::milliseconds kPatience{100};

/// A frame that owns its bytes, on its way between the threads.
struct OwnedFrame {
    decode::Frame frame;
    std::vector<std::byte> bytes;
    explicit OwnedFrame(const decode::Frame& f) : frame{f}, bytes(f.bytes.begin(), f.bytes.end()) { }
    decode::Frame view() const
    {
        auto f = frame;
        f.bytes = bytes;
        return f;
    }
};

/// Reads the stream until it ends. Ending it is the helper's death: it holds the other end.
class CaptureThread {
public:
    CaptureThread(source::CaptureSource source, int helper)
        : source_{std::move(source)}, helper_{helper}, thread_{[this] { read(); }}
    { }
    ~CaptureThread()
    {
        if (helper_ > 0 && !ended_) ::kill(helper_, SIGTERM); // while the stream is open the number is the helper's
        thread_.join();
    }
    CaptureThread(const CaptureThread&) = delete;
    CaptureThread& operator=(const CaptureThread&) = delete;

    BoundedQueue<OwnedFrame>& frames() { return frames_; }
    /// Why the stream ended by itself; to be asked when frames() is closed.
    const Result& outcome() const { return outcome_; }

private:
    void read()
    {
        for (;;) {
            const auto frame = source_.next();
            if (!frame) outcome_ = tl::unexpected{failure(frame.error())};
            if (!frame || !*frame) break;
            frames_.push(OwnedFrame{**frame});
        }
        ended_ = true;
        frames_.close();
    }

    source::CaptureSource source_;
    int helper_;
    BoundedQueue<OwnedFrame> frames_{kMostWaiting};
    Result outcome_;
    std::atomic<bool> ended_ = false;
    std::thread thread_;
};

void say_drops(Output& err, const DropCount& kernel, std::uint64_t queue, std::uint64_t over_limit)
{
    err.line(fmt::format("{} dropped by the kernel, {} because printing was too slow",
                         counted(kernel.dropped(), "frame", "frames"), queue));
    if (over_limit != 0) err.line(counted(over_limit, "message was", "messages were") + " more than are kept in memory");
}

class Watch {
public:
    Watch(const WatchCommand& command, host::CaptureStream& stream, Output& out)
        : command_{command}, drops_{stream.status.get()}, reporter_{out, command.report, true}, saver_{command.report.write}
    { }
    Result open(decode::LinkType link) { return saver_.open(link); }

    Result run(CaptureThread& capture, StopSignals& signals)
    {
        const Instant end = command_.duration ? wall_clock() + *command_.duration : Instant::max();
        while (!reporter_.done() && !signals.requested() && wall_clock() < end) {
            if (capture.frames().closed()) return ended(capture);
            for (const auto& frame : capture.frames().take(kPatience)) {
                if (auto saved = saver_.write(frame.view()); !saved) return saved;
                reporter_.frame(frame.view());
            }
            reporter_.tick(wall_clock());
            drops_.poll();
        }
        return {};
    }
    /// Goodbye, also after something broke.
    Result finish(std::uint64_t queue_drops, Output& err)
    {
        reporter_.finish();
        drops_.poll();
        say_drops(err, drops_, queue_drops, reporter_.counts().over_limit);
        return saver_.close();
    }

private:
    /// The helper went first: the interface has gone, or somebody ended it.
    Result ended(const CaptureThread& capture)
    {
        drops_.poll();
        const auto why = drops_.error().empty() ? std::string{"the capture ended"} : drops_.error();
        if (!capture.outcome() && drops_.error().empty()) return capture.outcome();
        return tl::unexpected{
            Failure{fmt::format("watching {} ended: {}", command_.interface, why),
                    "see whether the interface is still there with dorascope-cli interfaces, then start again"}};
    }

    const WatchCommand& command_;
    DropCount drops_;
    Reporter reporter_;
    FrameSaver saver_;
};

} // namespace

Result run(const WatchCommand& command)
{
    StopSignals signals;
    auto stream = host::request_capture(command.interface, command.promiscuous);
    if (!stream) return tl::unexpected{failure(stream.error())};
    auto source = source::CaptureSource::open_descriptor(stream->pcap.release(), command.interface);
    if (!source) return tl::unexpected{failure(source.error())};

    Output out{STDOUT_FILENO, true, colour_wanted(STDOUT_FILENO)};
    Output err{STDERR_FILENO, true, false};
    Watch watch{command, *stream, out};
    if (auto opened = watch.open(source->link_type()); !opened) return opened;
    err.line(fmt::format("watching {}; Ctrl-C ends it", command.interface));

    CaptureThread capture{std::move(*source), stream->pid};
    const auto outcome = watch.run(capture, signals);
    const auto finished = watch.finish(capture.frames().dropped(), err);
    if (!outcome) return outcome;
    return finished ? out.result() : finished;
}

} // namespace dorascope::cli
