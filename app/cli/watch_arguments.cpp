// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/watch_arguments.h"

#include <array>
#include <utility>

namespace dorascope::cli {
namespace {

constexpr std::array<std::pair<std::string_view, What>, 4> kWhat{
    {{"messages", What::messages}, {"exchanges", What::exchanges}, {"leases", What::leases}, {"servers", What::servers}}};

Value<What> what(const std::string& text)
{
    for (const auto& [name, w] : kWhat) {
        if (name == text) return w;
    }
    return tl::unexpected{bad_value("--what", text, "one of: messages, exchanges, leases, servers")};
}

Value<ReportOptions> report(const ReportWords& words)
{
    ReportOptions options;
    options.json = words.json;
    options.write = words.write;
    const auto w = what(words.what);
    if (!w) return tl::unexpected{w.error()};
    options.what = *w;
    if (!words.count.empty()) {
        const auto count = number("--count", words.count, 1, UINT64_MAX);
        if (!count) return tl::unexpected{count.error()};
        options.count = *count;
    }
    return options;
}

} // namespace

Value<WatchCommand> watch_command(const WatchWords& words)
{
    WatchCommand command;
    command.interface = words.interface;
    if (command.interface.empty()) {
        return tl::unexpected{Failure{"watch needs an interface", "add --interface IF; dorascope-cli interfaces lists them"}};
    }
    command.promiscuous = words.promiscuous;
    auto options = report(words.report);
    if (!options) return tl::unexpected{options.error()};
    command.report = std::move(*options);
    if (!words.seconds.empty()) {
        const auto n = number("--seconds", words.seconds, 1, 31'536'000);
        if (!n) return tl::unexpected{n.error()};
        command.duration = std::chrono::seconds{*n};
    }
    return command;
}

Value<ReadCommand> read_command(const ReadWords& words)
{
    ReadCommand command;
    command.file = words.file;
    if (command.file.empty()) {
        return tl::unexpected{
            Failure{"read needs a capture file", "name one, or - for standard input, as in dorascope-cli read capture.pcap"}};
    }
    auto options = report(words.report);
    if (!options) return tl::unexpected{options.error()};
    command.report = std::move(*options);
    return command;
}

} // namespace dorascope::cli
