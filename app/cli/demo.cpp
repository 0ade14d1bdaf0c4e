// SPDX-License-Identifier: GPL-3.0-or-later
// demo: the virtual LAN in the terminal. It runs in virtual time first; then what happened is told at a speed an eye can follow.
#include "app/cli/argument_value.h"
#include "app/cli/clock.h"
#include "app/cli/commands.h"
#include "app/cli/frame_saver.h"
#include "app/cli/message_line.h"
#include "app/cli/output.h"
#include "engine/lab/lab.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <thread>
#include <unistd.h>

namespace dorascope::cli {
namespace {

constexpr std::chrono::milliseconds kSlowest{250}, kFastest{10}; ///< between two lines on a terminal …
constexpr std::chrono::seconds kTelling{40}; ///< … so that the whole takes about this long

Failure unknown_scenario(const std::string& name)
{
    std::vector<std::string_view> names;
    for (const auto& row : lab::scenarios())
        names.push_back(row.name);
    return {fmt::format("there is no scenario \"{}\"", name), did_you_mean(name, names, "The scenarios are:")};
}

using Names = std::map<MacAddress, std::string>;

Names names_of(const lab::Scenario& scenario)
{
    Names names;
    for (const auto& client : scenario.clients)
        names[client.mac] = client.name;
    return names;
}

std::string name_of(const Names& names, const HardwareAddress& hardware)
{
    const auto mac = hardware.mac();
    const auto found = mac ? names.find(*mac) : names.end();
    return found == names.end() ? std::string{} : found->second;
}

/// The whole scenario, as lines in order; and as a capture, where that is wanted.
class Story {
public:
    Story(const lab::Scenario& scenario, bool colour) : names_{names_of(scenario)}, start_{scenario.start}, colour_{colour} { }
    Result run(lab::Lab& lab, FrameSaver& saver)
    {
        Result saved;
        lab.on_frame([&](Instant at, std::span<const std::byte> bytes) {
            const decode::Frame frame{++frames_, at, decode::LinkType::ethernet, static_cast<std::uint32_t>(bytes.size()), bytes};
            if (saved) saved = saver.write(frame);
            tell(frame);
        });
        lab.run_until(start_ + lab.scenario().length);
        lab.on_frame({});
        return saved;
    }
    const std::vector<std::string>& lines() const { return lines_; }
    const Names& names() const { return names_; }

private:
    void tell(const decode::Frame& frame)
    {
        const auto packet = decode::decode(frame);
        const auto* dhcp = std::get_if<decode::DhcpPacket>(&packet);
        if (dhcp == nullptr) return;
        const auto parsed = wire::parse(dhcp->payload);
        const auto name = parsed ? name_of(names_, parsed->hardware()) : std::string{};
        lines_.push_back(fmt::format("{:>12.6f}  {}", seconds(frame.at - start_), message_line(*dhcp, name, colour_)));
    }

    Names names_;
    Instant start_;
    bool colour_;
    std::uint64_t frames_ = 0;
    std::vector<std::string> lines_;
};

/// In lines that fit an ordinary terminal.
void say_wrapped(Output& out, std::string_view text)
{
    constexpr std::size_t kWidth = 100;
    while (text.size() > kWidth) {
        const auto space = text.rfind(' ', kWidth);
        if (space == std::string_view::npos || space == 0) break;
        out.line(text.substr(0, space));
        text.remove_prefix(space + 1);
    }
    out.line(text);
}

void say_introduction(Output& out, const lab::Scenario& scenario)
{
    out.line(fmt::format("{}: {}", scenario.name, scenario.title));
    if (!scenario.description.empty()) say_wrapped(out, scenario.description);
    out.line(
        fmt::format("A virtual LAN: {} clients, the server {}{}; no network is touched. Seconds, message, client, what it says:",
                    scenario.clients.size(), scenario.server.address.to_string(),
                    scenario.rogue ? ", a second server " + scenario.rogue->address.to_string() : ""));
    out.line("");
}

void tell(Output& out, const std::vector<std::string>& lines, bool paced)
{
    const auto count = static_cast<std::int64_t>(std::max<std::size_t>(lines.size(), 1));
    const auto pause = std::clamp(std::chrono::duration_cast<std::chrono::milliseconds>(kTelling) / count, kFastest, kSlowest);
    for (const auto& line : lines) {
        if (out.broken()) return;
        out.line(line);
        if (paced) std::this_thread::sleep_for(pause);
    }
}

void say_leases(Output& out, const server::DhcpServer& server, Ipv4Address identifier, const Names& names, Instant now)
{
    out.line("");
    out.line(fmt::format("Leases of {}:", identifier.to_string()));
    out.line(fmt::format("{:<15}  {:<17}  {:<16}  {:<8}  {}", "Address", "Client", "Name", "State", "Time left"));
    const auto leases = server.leases();
    if (leases.empty()) out.line("none");
    for (const auto& lease : leases) {
        const auto name = name_of(names, lease.hardware);
        const auto left = std::chrono::floor<std::chrono::seconds>(lease.expires - now).count();
        const bool timed = lease.expires != kNever && left > 0;
        out.line(fmt::format("{:<15}  {:<17}  {:<16}  {:<8}  {}", lease.address.to_string(), lease.hardware.to_string(),
                             name.empty() ? lease.hostname : name, server::to_string(lease.state),
                             timed                         ? lease_time(static_cast<std::uint32_t>(left))
                                 : lease.expires == kNever ? "infinite"
                                                           : "-"));
    }
}

Result list_scenarios()
{
    Output out{STDOUT_FILENO, false, false};
    for (const auto& row : lab::scenarios())
        out.line(fmt::format("{:<15}  {}", row.name, row.title));
    out.flush();
    return out.result();
}

} // namespace

Result run(const DemoCommand& command)
{
    if (command.list) return list_scenarios();
    const auto scenario = lab::scenario(command.scenario);
    if (!scenario) return tl::unexpected{unknown_scenario(command.scenario)};
    FrameSaver saver{command.write};
    if (auto opened = saver.open(decode::LinkType::ethernet); !opened) return opened;

    Output out{STDOUT_FILENO, isatty(STDOUT_FILENO) == 1, colour_wanted(STDOUT_FILENO)};
    say_introduction(out, *scenario);
    lab::Lab lab{*scenario, command.seed};
    Story story{*scenario, out.colour()};
    const auto saved = story.run(lab, saver);
    tell(out, story.lines(), !command.fast && isatty(STDOUT_FILENO) == 1);
    say_leases(out, lab.server(), scenario->server.address, story.names(), lab.now());
    if (lab.rogue() != nullptr) say_leases(out, *lab.rogue(), scenario->rogue->address, story.names(), lab.now());
    out.flush();
    const auto closed = saver.close();
    if (!saved) return saved;
    return closed ? out.result() : closed;
}

} // namespace dorascope::cli
