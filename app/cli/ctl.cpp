// SPDX-License-Identifier: GPL-3.0-or-later
// ctl: an order to a server that runs, and its answer.
#include "app/cli/clock.h"
#include "app/cli/commands.h"
#include "app/cli/ctl_table.h"
#include "app/cli/output.h"
#include "app/cli/text_file.h"
#include "engine/host/control_client.h"
#include "engine/host/control_socket.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

namespace dorascope::cli {
namespace {

/// The interface that was named, or the only one that is served.
tl::expected<std::string, Failure> interface_of(const CtlCommand& command, const std::filesystem::path& folder)
{
    if (!command.interface.empty()) return command.interface;
    const auto served = host::controlled_interfaces(folder);
    if (served.size() == 1) return served.front();
    if (served.empty())
        return tl::unexpected{Failure{fmt::format("no server runs that has its control socket in {}", folder.string()),
                                      "start one with dorascope-cli serve; use --state-dir DIR if it was started with one, and "
                                      "sudo if by root"}};
    return tl::unexpected{Failure{fmt::format("servers run on {}", fmt::join(served, ", ")), "choose one with --interface IF"}};
}

Result report(const host::ControlResult& result, bool json, bool anything, Output& out)
{
    Output err{STDERR_FILENO, true, false};
    for (const auto& error : result.errors)
        err.line(host::to_string(result.file, error));
    for (const auto& warning : result.warnings)
        err.line("dorascope-cli: warning: " + warning);
    if (!result.ok) return tl::unexpected{failure(result.error)};
    if (json && !anything) out.line(host::to_line(result));
    if (!json && !result.said.empty()) out.line(result.said);
    out.flush();
    return out.result();
}

} // namespace

Result run(const CtlCommand& command)
{
    const auto folder = host::control_folder(command.state_dir);
    const auto interface = interface_of(command, folder);
    if (!interface) return tl::unexpected{interface.error()};
    Output out{STDOUT_FILENO, false, colour_wanted(STDOUT_FILENO)};
    CtlTables tables{wall_clock()};
    std::string toml;
    bool anything = false;
    const auto result = host::ask_server(host::control_path(folder, *interface), command.request, [&](std::string_view line) {
        anything = true;
        if (command.json) return out.line(line);
        if (const auto part = host::parse_config_line(line)) {
            toml += *part;
        } else {
            tables.add(line);
        }
    });
    if (!result) return tl::unexpected{failure(result.error())};
    if (!toml.empty() && result->ok) {
        if (auto written = write_text(command.out, toml); !written) return written;
    } else if (!command.json && result->ok && anything) {
        tables.print(out);
    }
    return report(*result, command.json, anything, out);
}

} // namespace dorascope::cli
