// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/serve_form.h"

#include "ui/views/texts.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include <algorithm>

namespace dorascope::ui {
namespace {

enum Slot { kFirst, kLast, kRouter, kDns, kLease, kStop };

QString say(const char* words) { return QCoreApplication::translate("ServeForm", words); }

std::optional<Ipv4Address> address(const QString& text) { return Ipv4Address::parse(text.trimmed().toStdString()); }

QString notAnAddress(const QString& text)
{
    return text.trimmed().isEmpty() ? say("An address is missing here.")
                                    : say("\u201c%1\u201d is not an IPv4 address, such as 192.168.1.100.").arg(text.trimmed());
}

std::vector<Ipv4Address> addresses(const QString& line, QString& problem)
{
    std::vector<Ipv4Address> result;
    static const QRegularExpression separator(QStringLiteral("[,\\s]+"));
    for (const QString& part : line.split(separator, Qt::SkipEmptyParts)) {
        if (const auto one = address(part))
            result.push_back(*one);
        else
            problem = notAnAddress(part);
    }
    return result;
}

/// Which field a complaint of server::validate() belongs under, by its key.
int slotOf(const std::string& key)
{
    struct Row {
        const char* part;
        Slot slot;
    };
    static constexpr Row kRows[] = {{"router", kRouter}, {"dns", kDns},         {"lease", kLease},
                                    {"renewal", kLease}, {"rebinding", kLease}, {"pool", kLast}};
    for (const Row& row : kRows)
        if (key.find(row.part) != std::string::npos) return row.slot;
    return -1;
}

void readPool(const ServeForm& form, const InterfaceChoice& interface, server::Subnet& subnet, ServeReading& reading)
{
    const auto first = address(form.first), last = address(form.last);
    if (!first) reading.problems[kFirst] = notAnAddress(form.first);
    if (!last) reading.problems[kLast] = notAnAddress(form.last);
    const QString outside = say("%1 lies outside %2, the interface's subnet.");
    const QString net = QString::fromStdString(interface.prefix.to_string());
    if (first && !interface.prefix.contains(*first)) reading.problems[kFirst] = outside.arg(text(*first), net);
    if (last && !interface.prefix.contains(*last)) reading.problems[kLast] = outside.arg(text(*last), net);
    if (!first || !last) return;
    if (*last < *first)
        reading.problems[kLast] = say("The last address stands before the first.");
    else
        subnet.pools = {{*first, *last}};
}

/// Addresses that others have already: giving them to a client would break the LAN. The server leaves out its routers by itself.
void leaveOutWhatIsTaken(const InterfaceChoice& interface, server::Subnet& subnet)
{
    std::vector<Ipv4Address> taken = subnet.options.dns_servers;
    taken.push_back(*interface.address);
    std::ranges::sort(taken);
    const auto [first, last] = std::ranges::unique(taken);
    taken.erase(first, last);
    for (const Ipv4Address one : taken)
        if (std::ranges::any_of(subnet.pools, [one](const Ipv4Range& pool) { return pool.contains(one); }))
            subnet.exclusions.push_back({one, one});
}

} // namespace

bool ServeReading::valid() const
{
    return general.isEmpty() && std::ranges::all_of(problems, [](const QString& problem) { return problem.isEmpty(); });
}

std::optional<std::uint32_t> leaseSeconds(const QString& text)
{
    static const QRegularExpression pattern(
        QStringLiteral("^\\s*(\\d{1,9})\\s*(s|sec|seconds?|m|min|minutes?|h|hours?|d|days?|)\\s*$"),
        QRegularExpression::CaseInsensitiveOption);
    if (text.trimmed().compare(QLatin1String("infinite"), Qt::CaseInsensitive) == 0) return kInfiniteSeconds;
    const auto match = pattern.match(text);
    if (!match.hasMatch()) return std::nullopt;
    const QChar unit = match.captured(2).isEmpty() ? QLatin1Char('s') : match.captured(2).at(0).toLower();
    const std::uint64_t factor = unit == QLatin1Char('d') ? 86400
        : unit == QLatin1Char('h')                        ? 3600
        : unit == QLatin1Char('m')                        ? 60
                                                          : 1;
    const std::uint64_t seconds = match.captured(1).toULongLong() * factor;
    if (seconds == 0 || seconds >= kInfiniteSeconds) return std::nullopt;
    return static_cast<std::uint32_t>(seconds);
}

ServeSuggestion suggestFor(const InterfaceChoice& interface)
{
    if (!interface.address || interface.prefix.length > 30) return {};
    const std::uint32_t base = interface.prefix.network.value, own = interface.address->value - base;
    const std::uint32_t hosts = interface.prefix.broadcast().value - base - 1; // hosts are numbered 1 … hosts
    std::uint32_t from = hosts >= 200 ? 100 : hosts / 2 + 1, to = hosts >= 200 ? 200 : hosts;
    // The interface's own address in the middle of it: the larger side is left.
    if (own >= from && own <= to) (to - own >= own - from ? from = own + 1 : to = own - 1);
    if (from > to) from = to = own == 1 ? 2 : 1;
    return {text({base + from}), text({base + to}), {}, {}};
}

void readStop(const ServeForm& form, ServeReading& reading)
{
    if (form.stop.trimmed().isEmpty()) return;
    const auto seconds = leaseSeconds(form.stop);
    if (seconds && *seconds != kInfiniteSeconds)
        reading.stopAfter = std::chrono::seconds{*seconds};
    else
        reading.problems[kStop] = say("A time is a number with s, min, h or d, such as 2 h; empty: never.");
}

ServeReading readServeForm(const ServeForm& form, const InterfaceChoice& interface)
{
    ServeReading reading;
    if (!interface.address) {
        reading.general = say("%1 has no IPv4 address, so there is no subnet to serve. Give it one first, for example: sudo ip "
                              "addr add 192.168.50.1/24 dev %1.")
                              .arg(interface.name);
        return reading;
    }
    server::Subnet subnet;
    subnet.prefix = interface.prefix;
    readPool(form, interface, subnet, reading);
    subnet.options.routers = addresses(form.router, reading.problems[kRouter]);
    subnet.options.dns_servers = addresses(form.dns, reading.problems[kDns]);
    if (const auto lease = leaseSeconds(form.lease)) {
        subnet.lease_seconds = *lease;
        subnet.max_lease_seconds = std::max(subnet.max_lease_seconds, *lease);
        subnet.min_lease_seconds = std::min(subnet.min_lease_seconds, *lease);
    } else {
        reading.problems[kLease] = say("A lease time is a number with s, min, h or d, such as 30 min or 1 h.");
    }
    leaveOutWhatIsTaken(interface, subnet);
    readStop(form, reading);
    reading.config.subnets = {subnet};
    reading.config.probe.enabled = form.probe;
    if (form.polite) reading.config.authority = server::Authority::polite;
    if (!reading.valid()) return reading; // what cannot be read is not judged
    for (const server::ConfigError& error : server::validate(reading.config)) {
        QString words = QString::fromStdString(error.problem);
        if (!error.suggestion.empty()) words += QLatin1Char(' ') + QString::fromStdString(error.suggestion);
        const int slot = slotOf(error.key);
        QString& place = slot >= 0 ? reading.problems[static_cast<std::size_t>(slot)] : reading.general;
        place += place.isEmpty() ? words : QLatin1Char(' ') + words;
    }
    return reading;
}

} // namespace dorascope::ui
