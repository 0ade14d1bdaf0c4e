// SPDX-License-Identifier: GPL-3.0-or-later
// storm: a load generator that checks what it gets. The clients are in storm_clients.h, the sockets in storm_socket.h.
#include "app/cli/clock.h"
#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "app/cli/process_cpu.h"
#include "app/cli/stop_signals.h"
#include "app/cli/storm_place.h"
#include "app/cli/storm_report.h"
#include "app/cli/storm_socket.h"
#include "engine/host/host_clock.h"
#include "engine/host/privileged.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace dorascope::cli {
namespace {

/// The ledger that outlives servers: every ACK in the file as soon as it is received. Who kills the server does not kill us, so that
/// write() is enough.
class Ledger {
public:
    static tl::expected<Ledger, Failure> open(const std::filesystem::path& file)
    {
        Ledger ledger;
        if (file.empty()) return ledger;
        ledger.fd_ = host::Descriptor{::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)};
        if (!ledger.fd_)
            return tl::unexpected{
                system_failure("cannot record into " + file.string(), errno, "name another file with --record")};
        return ledger;
    }
    Result write(std::span<const Acknowledged> acknowledged)
    {
        if (!fd_ || acknowledged.empty()) return {};
        text_.clear();
        for (const auto& ack : acknowledged) {
            fmt::format_to(std::back_inserter(text_), "{} {} {}\n", ack.address.to_string(), ack.chaddr.to_string(),
                           ack.expiry == kNever ? std::string{"never"} : std::to_string(ack.expiry.time_since_epoch().count()));
        }
        for (std::string_view rest = text_; !rest.empty();) {
            const auto written = ::write(fd_.get(), rest.data(), rest.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) return tl::unexpected{system_failure("cannot record the ACKs", errno, "make room there")};
            rest.remove_prefix(static_cast<std::size_t>(written));
        }
        return {};
    }

private:
    host::Descriptor fd_;
    std::string text_;
};

/// What was used up to a moment, to be taken off later.
struct CpuMark {
    std::optional<CpuTime> server;
    CpuTime own;
};
tl::expected<CpuMark, Failure> mark(const StormCommand& command)
{
    CpuMark now;
    now.own = own_cpu();
    if (!command.server_pid) return now;
    const auto server = cpu_of_process(*command.server_pid);
    if (!server) return tl::unexpected{server.error()};
    now.server = *server;
    return now;
}
CpuTime operator-(const CpuTime& a, const CpuTime& b) { return {a.user - b.user, a.system - b.system}; }

constexpr std::chrono::milliseconds kSettling{500};

/// One storm: what goes round, until it is over.
class Storm {
public:
    Storm(const StormCommand& command, StormSocket& socket, Ledger& ledger)
        : command_{command}, socket_{socket}, ledger_{ledger}, clients_{command.settings}
    { }

    tl::expected<StormOutcome, Failure> run(StopSignals& signals)
    {
        if (auto marked = begin_phase(clock_.now()); !marked) return tl::unexpected{marked.error()};
        for (;;) {
            const auto now = clock_.now();
            if (signals.requested() || (ends_ && now >= *ends_)) break;
            const auto phase = clients_.phase();
            clients_.advance(now);
            clients_.fill(now);
            if (clients_.phase() == StormClients::Phase::done) break;
            if (clients_.phase() != phase) {
                if (auto marked = begin_phase(now); !marked) return tl::unexpected{marked.error()};
            }
            if (auto turned = turn(); !turned) return tl::unexpected{turned.error()};
        }
        auto o = outcome();
        if (!o) return o;
        if (auto settled = settle(); !settled) return tl::unexpected{settled.error()};
        o->held = clients_.held();
        o->fault_count = clients_.fault_count();
        o->faults.assign(clients_.faults().begin(), clients_.faults().end());
        return o;
    }

private:
    /// What is in flight at the end may still end, and is checked; it counts for no figure. A storm that comes next is not met by answers
    /// to this one.
    Result settle()
    {
        clients_.finish();
        const auto patience = clock_.now() + kSettling;
        for (auto now = clock_.now(); now < patience; now = clock_.now()) {
            clients_.fill(now);
            if (clients_.phase() == StormClients::Phase::done) return {};
            if (auto turned = turn(); !turned) return turned;
        }
        return {};
    }
    Result begin_phase(Instant now)
    {
        const auto marked = mark(command_);
        if (!marked) return tl::unexpected{marked.error()};
        before_ = *marked;
        // Clients that are counted take as long as they take; only then, with --known, does the time run.
        const bool counted = clients_.phase() == StormClients::Phase::arriving && command_.settings.clients;
        if (!counted || (command_.duration && !command_.settings.known))
            ends_ = now + command_.duration.value_or(std::chrono::seconds{10});
        return {};
    }
    Result turn()
    {
        socket_.send(clients_);
        clients_.sent();
        const auto payloads = socket_.receive();
        const auto now = clock_.now();
        for (const auto payload : payloads)
            clients_.receive(now, payload);
        return ledger_.write(clients_.acknowledged());
    }
    tl::expected<StormOutcome, Failure> outcome() const
    {
        StormOutcome o;
        const auto after = mark(command_);
        if (!after) return tl::unexpected{after.error()};
        if (after->server) o.server = *after->server - *before_.server;
        o.generator = after->own - before_.own;
        o.figures = clients_.figures();
        o.renewals = o.figures.ack.count() > 0 && o.figures.offer.count() == 0;
        if (o.figures.first_sent && o.figures.last_ack) o.took = *o.figures.last_ack - *o.figures.first_sent;
        return o;
    }

    const StormCommand& command_;
    StormSocket& socket_;
    Ledger& ledger_;
    host::HostClock clock_;
    StormClients clients_;
    CpuMark before_;
    std::optional<Instant> ends_;
};

/// A storm that found something wrong, or nobody at home, has failed.
Result verdict(const StormOutcome& outcome)
{
    if (outcome.fault_count > 0) {
        return tl::unexpected{
            Failure{fmt::format("{} replies were wrong, the first: {}", outcome.fault_count, outcome.faults.front()),
                    "the server breaks the protocol, or two servers share a pool", Failure::kFoundWrong}};
    }
    if (outcome.figures.exchanges == 0) {
        return tl::unexpected{Failure{fmt::format("no handshake was completed: {} messages sent, {} replies received",
                                                  outcome.figures.sent, outcome.figures.received),
                                      "see whether the server runs, serves that subnet and has addresses left"}};
    }
    if (outcome.figures.lost > outcome.figures.exchanges) {
        return tl::unexpected{
            Failure{fmt::format("{} of {} clients got no answer that they could use", outcome.figures.lost,
                                outcome.figures.lost + outcome.figures.exchanges),
                    "see whether the pool has addresses for them all; --tries and --timeout say how long they ask"}};
    }
    return {};
}

} // namespace

Result run(const StormCommand& command)
{
    StopSignals signals;
    if (auto allowed = may_storm(command, network_here()); !allowed) return allowed;
    auto ledger = Ledger::open(command.record);
    if (!ledger) return tl::unexpected{ledger.error()};
    auto socket = command.relayed ? open_relay_socket(*command.relayed, *command.server, command.interface)
                                  : open_link_socket(command.interface);
    if (!socket) return tl::unexpected{socket.error()};
    const auto outcome = Storm{command, **socket, *ledger}.run(signals);
    if (!outcome) return tl::unexpected{outcome.error()};

    Output out{STDOUT_FILENO, true, false};
    if (command.json) {
        out.line(storm_json(command, *outcome));
    } else {
        for (const auto& line : storm_lines(command, *outcome))
            out.line(line);
    }
    return verdict(*outcome);
}

} // namespace dorascope::cli
