// SPDX-License-Identifier: GPL-3.0-or-later
// read: a capture file, or a capture that comes in on standard input.
#include "app/cli/commands.h"
#include "app/cli/counted.h"
#include "app/cli/frame_saver.h"
#include "app/cli/output.h"
#include "app/cli/reporter.h"
#include "app/cli/text_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dorascope::cli {
namespace {

/// A pipe, a terminal or a socket may deliver for hours: whoever waits for our lines wants each at once.
bool is_stream(const std::string& file)
{
    struct stat info { };
    const int outcome = file == "-" ? ::fstat(STDIN_FILENO, &info) : ::stat(file.c_str(), &info);
    return outcome == 0 && !S_ISREG(info.st_mode);
}

Result pump(source::CaptureSource& source, FrameSaver& saver, Reporter& reporter)
{
    while (!reporter.done()) {
        const auto frame = source.next();
        if (!frame) return tl::unexpected{failure(frame.error())};
        if (!*frame) return {};
        if (auto saved = saver.write(**frame); !saved) return saved;
        reporter.frame(**frame);
    }
    return {};
}

/// "3 frames read: 2 ARP, 1 not UDP"
std::string frames_read(const observe::Counts& counts)
{
    std::vector<std::string> kinds;
    if (counts.arp != 0) kinds.push_back(fmt::format("{} ARP", counts.arp));
    for (std::size_t i = 0; i < counts.ignored_as.size(); ++i) {
        if (counts.ignored_as[i] != 0)
            kinds.push_back(fmt::format("{} {}", counts.ignored_as[i], to_string(static_cast<decode::IgnoredReason>(i))));
    }
    return fmt::format("{} read{}{}", counted(counts.frames, "frame", "frames"), kinds.empty() ? "" : ": ",
                       fmt::join(kinds, ", "));
}

/// What nobody could tell from what is printed.
void say_what_is_not_shown(const std::string& file, const observe::Counts& counts)
{
    Output err{STDERR_FILENO, true, false};
    if (counts.dhcp == 0)
        err.line(fmt::format("no DHCP message in {}: {}", file == "-" ? "standard input" : file, frames_read(counts)));
    if (counts.over_limit != 0)
        err.line(counted(counts.over_limit, "message was", "messages were") + " more than are kept in memory");
}

} // namespace

Result run(const ReadCommand& command)
{
    auto source = source::CaptureSource::open_file(command.file);
    if (!source) return tl::unexpected{failure(source.error())};
    if (auto same = refuse_same_file(command.file, command.report.write, "--write"); !same) return same;
    FrameSaver saver{command.report.write};
    if (auto opened = saver.open(source->link_type()); !opened) return opened;

    Output out{STDOUT_FILENO, is_stream(command.file) || isatty(STDOUT_FILENO) == 1, colour_wanted(STDOUT_FILENO)};
    Reporter reporter{out, command.report, false};
    const auto pumped = pump(*source, saver, reporter);
    reporter.finish(); // also of a damaged file: everything up to the damage
    const auto closed = saver.close();
    if (!pumped) return pumped;
    say_what_is_not_shown(command.file, reporter.counts());
    return closed ? out.result() : closed;
}

} // namespace dorascope::cli
