// SPDX-License-Identifier: GPL-3.0-or-later
// leases: from other servers' lease files into ours, and back.
#include "app/cli/commands.h"
#include "app/cli/config_errors.h"
#include "app/cli/counted.h"
#include "app/cli/output.h"
#include "app/cli/text_file.h"
#include "engine/host/lease_store.h"
#include "engine/interchange/lease_merge.h"

#include <chrono>
#include <fmt/format.h>
#include <unistd.h>

namespace dorascope::cli {
namespace {

constexpr std::size_t kPart = 10'000; ///< leases a transaction, so that a large import does not fill the log

Instant now()
{
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return Instant{std::chrono::duration_cast<Duration>(since)};
}

/// Kea's numbers of subnets come from the configuration that goes with the leases.
tl::expected<std::vector<Ipv4Prefix>, Failure> subnets_of(const std::filesystem::path& file)
{
    std::vector<Ipv4Prefix> prefixes;
    if (file.empty()) return prefixes;
    const auto config = host::load_config(file);
    if (!config) return tl::unexpected{config_failure(file, config.error())};
    for (const auto& subnet : config->subnets)
        prefixes.push_back(subnet.prefix);
    return prefixes;
}

Result export_leases(const LeasesCommand& command)
{
    for (const auto& read : {command.store, command.config})
        if (auto same = refuse_same_file(read, command.out, "--out"); !same) return same;
    const auto subnets = subnets_of(command.config);
    if (!subnets) return tl::unexpected{subnets.error()};
    const auto store = host::LeaseStore::open_to_read(command.store);
    if (!store) return tl::unexpected{failure(store.error())};
    const auto leases = store->load();
    if (!leases) return tl::unexpected{failure(leases.error())};
    const auto exported = interchange::export_leases(*leases, command.to, *subnets);
    say_not_carried(command.store.string(), exported.not_carried);
    return write_text(command.out, exported.text);
}

Result commit(host::LeaseStore& store, std::span<const server::LeaseWrite> writes)
{
    while (!writes.empty()) {
        const auto part = writes.first(std::min(writes.size(), kPart));
        if (auto done = store.commit(part); !done) return tl::unexpected{failure(done.error())};
        writes = writes.subspan(part.size());
    }
    return {};
}

tl::expected<interchange::LeaseImport, Failure> read_leases(const LeasesCommand& command)
{
    const auto text = read_text(command.file, interchange::kLargestLeases);
    if (!text) return tl::unexpected{text.error()};
    const auto format = command.from ? command.from : interchange::lease_format_of(*text);
    if (!format)
        return tl::unexpected{Failure{fmt::format("{} looks like no lease file that is known here", input_name(command.file)),
                                      "say what it is with --from csv, json, dnsmasq, isc or kea"}};
    auto imported = interchange::import_leases(*text, *format, now());
    if (imported) return std::move(*imported);
    const auto& p = imported.error();
    return tl::unexpected{Failure{fmt::format("{}:{}: {}", input_name(command.file), p.line, p.problem), p.suggestion}};
}

void say_kept(const std::filesystem::path& store, const interchange::LeaseMerge& merge)
{
    if (merge.kept.empty()) return;
    Output err{STDERR_FILENO, false, false};
    err.line(fmt::format("{}: left as they are: {} ({} held by another client, {} in quarantine, {} newer); "
                         "--overwrite replaces them:",
                         store.string(), merge.kept.size(), merge.held, merge.quarantined, merge.newer));
    for (const auto& item : merge.kept)
        err.line("  " + interchange::to_string(item));
    err.flush();
}

Result import_leases(const LeasesCommand& command)
{
    const auto imported = read_leases(command);
    if (!imported) return tl::unexpected{imported.error()};
    auto store = host::LeaseStore::open(command.store); // refuses while a server has it
    if (!store) return tl::unexpected{failure(store.error())};
    const auto present = store->load();
    if (!present) return tl::unexpected{failure(present.error())};
    const auto merge = interchange::merge_leases(*present, *imported, {.now = now(), .overwrite = command.overwrite});
    if (auto done = commit(*store, merge.writes); !done) return done;
    say_not_carried(input_name(command.file), imported->not_carried);
    say_kept(command.store, merge);
    return write_text("",
                      fmt::format("{} read: {} added, {} replaced, {} the same, {} left as they are",
                                  counted(imported->leases.size(), "lease", "leases"), merge.added, merge.replaced, merge.same,
                                  merge.kept.size()));
}

} // namespace

Result run(const LeasesCommand& command) { return command.import ? import_leases(command) : export_leases(command); }

} // namespace dorascope::cli
