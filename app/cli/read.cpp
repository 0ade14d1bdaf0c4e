// SPDX-License-Identifier: GPL-3.0-or-later
// read: a capture file, or a capture that comes in on standard input.
#include "app/cli/commands.h"
#include "app/cli/frame_saver.h"
#include "app/cli/output.h"
#include "app/cli/reporter.h"

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

} // namespace

Result run(const ReadCommand& command)
{
    auto source = source::CaptureSource::open_file(command.file);
    if (!source) return tl::unexpected{failure(source.error())};
    FrameSaver saver{command.report.write};
    if (auto opened = saver.open(source->link_type()); !opened) return opened;

    Output out{STDOUT_FILENO, is_stream(command.file) || isatty(STDOUT_FILENO) == 1, colour_wanted(STDOUT_FILENO)};
    Reporter reporter{out, command.report, false};
    const auto pumped = pump(*source, saver, reporter);
    reporter.finish(); // also of a damaged file: everything up to the damage
    const auto closed = saver.close();
    if (!pumped) return pumped;
    return closed ? out.result() : closed;
}

} // namespace dorascope::cli
