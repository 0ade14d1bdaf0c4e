// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/config_reload.h"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <system_error>

namespace dorascope::host {
namespace {

ControlResult refusal(const std::filesystem::path& file, std::vector<FileError> errors)
{
    const auto n = errors.size();
    ControlResult result = refused({HostError::Kind::config,
                                    file.string() + " is refused: it has " + (n == 1 ? "an error" : std::to_string(n) + " errors")
                                        + ". The configuration in force stays as it is.",
                                    ""});
    result.file = file.string();
    result.errors = std::move(errors);
    return result;
}

} // namespace

ConfigReload::ConfigReload(ServerOrders& orders, std::filesystem::path file, Load load)
    : orders_{orders}, load_{std::move(load)}, file_{std::move(file)}
{
    // The server's folder may be another one by the time it is read again.
    std::error_code error;
    if (!file_.empty()) file_ = std::filesystem::absolute(file_, error);
}

std::filesystem::path ConfigReload::file() const
{
    const std::lock_guard lock{mutex_};
    return file_;
}

ControlResult ConfigReload::reload(const std::filesystem::path& named)
{
    const std::lock_guard lock{mutex_};
    const auto file = named.empty() ? file_ : named;
    if (file.empty())
        return refused({HostError::Kind::bad_argument, "The server was started without a configuration file.",
                        "Name one: dorascope-cli ctl reload FILE"});
    auto config = load_(file);
    if (!config) return refusal(file, std::move(config.error()));
    auto doubts = warning_texts(*config, own_addresses(orders_.host().interface()));
    auto warnings = orders_.reconfigure(std::move(*config));
    if (!warnings) {
        std::vector<FileError> errors;
        for (auto& error : warnings.error())
            errors.push_back({0, std::move(error.key), std::move(error.problem), std::move(error.suggestion)});
        return refusal(file, std::move(errors));
    }
    warnings->insert(warnings->begin(), std::make_move_iterator(doubts.begin()), std::make_move_iterator(doubts.end()));
    file_ = file;
    std::size_t aside = 0;
    orders_.host().look([&](Instant, const server::DhcpServer& server) { aside = server.aside_count(); });
    auto said = file.string() + " is in force; leases, offers and quarantines are kept";
    if (aside > 0) said += fmt::format(", {} of them aside for as long as no subnet holds them", aside);
    return done(said + ".", std::move(*warnings));
}

} // namespace dorascope::host
