// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/filter.h"

#include "engine/wire/message_type.h"
#include "ui/models/scope.h"
#include "ui/models/vendors.h"

#include <QStringList>

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace dorascope::models {
namespace {

struct FieldName {
    QLatin1String name;
    FilterField field;
};
constexpr std::array<FieldName, 6> kFields{{
    {QLatin1String{"xid"}, FilterField::xid},
    {QLatin1String{"client"}, FilterField::client},
    {QLatin1String{"address"}, FilterField::address},
    {QLatin1String{"server"}, FilterField::server},
    {QLatin1String{"state"}, FilterField::state},
    {QLatin1String{"type"}, FilterField::type},
}};

/// Splits at spaces outside of quotes; the quotes themselves vanish. An open quote reaches to the end.
QStringList words(const QString& text)
{
    QStringList result;
    QString word;
    bool quoted = false;
    for (const QChar c : text) {
        if (c == QLatin1Char('"'))
            quoted = !quoted;
        else if (c.isSpace() && !quoted) {
            if (!word.isEmpty()) result << std::exchange(word, {});
        } else
            word += c;
    }
    if (!word.isEmpty()) result << word;
    return result;
}

bool equalAsciiFolded(char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == static_cast<unsigned char>(b); }

bool startsWith(std::string_view text, std::string_view lowerPrefix)
{
    return text.size() >= lowerPrefix.size()
        && std::ranges::equal(text.substr(0, lowerPrefix.size()), lowerPrefix, equalAsciiFolded);
}

/// "no_offer" is found by "no", "no_offer", "no-offer", "nooffer".
bool nameMatches(std::string_view name, std::string_view wanted)
{
    std::string bare{name};
    std::erase(bare, '_');
    std::string bareWanted{wanted};
    std::erase_if(bareWanted, [](char c) { return c == '_' || c == '-'; });
    return startsWith(bare, bareWanted);
}

std::string xidText(std::uint32_t xid)
{
    std::string digits(8, '0');
    for (std::size_t i = 0; i < 8; ++i)
        digits[7 - i] = "0123456789abcdef"[xid >> (4 * i) & 15];
    return digits;
}

bool xidMatches(std::uint32_t xid, std::string_view wanted)
{
    if (wanted.starts_with("0x")) wanted.remove_prefix(2);
    const std::string digits = xidText(xid);
    // As printed (0x%08x), or as a number without its leading zeros.
    return digits.starts_with(wanted)
        || std::string_view{digits}.substr(std::min(digits.find_first_not_of('0'), std::size_t{7})) == wanted;
}

bool typeMatches(MessageType type, std::string_view wanted)
{
    if (wanted.size() == 1) return equalAsciiFolded(letter(type), wanted.front());
    return startsWith(short_name(type), wanted) || startsWith(rfc_name(type), wanted);
}

std::string hex(const std::vector<std::uint8_t>& bytes)
{
    std::string text;
    for (const auto b : bytes) {
        text += "0123456789abcdef"[b >> 4];
        text += "0123456789abcdef"[b & 15];
    }
    return text;
}

std::optional<Ipv4Range> rangeOf(std::string_view text)
{
    if (const auto prefix = Ipv4Prefix::parse(text)) return Ipv4Range{prefix->network, prefix->broadcast()};
    return Ipv4Range::parse(text);
}

} // namespace

Filter Filter::parse(const QString& text)
{
    Filter filter;
    for (const auto& word : words(text)) {
        if (filter.terms_.size() == kMostTerms) break;
        FilterField field = FilterField::any;
        QString value = word;
        // "3c:22:fb" is no key: only the names of the table are.
        const auto colon = word.indexOf(QLatin1Char(':'));
        const auto key = word.left(std::max<qsizetype>(colon, 0)).toLower();
        const auto row = std::ranges::find_if(kFields, [&](const FieldName& f) { return key == f.name; });
        if (row != kFields.end()) {
            field = row->field;
            value = word.mid(colon + 1);
        }
        if (!value.isEmpty()) filter.terms_.push_back(makeTerm(field, value)); // "state:" is still being typed
    }
    return filter;
}

Filter::Term Filter::makeTerm(FilterField field, const QString& text)
{
    Term term;
    term.field = field;
    term.text = text.toLower();
    term.latin = term.text.toStdString();
    const bool mayBeRange =
        field == FilterField::address || field == FilterField::server || term.latin.find_first_of("/-") != std::string::npos;
    if (mayBeRange && field != FilterField::client) term.range = rangeOf(term.latin);
    return term;
}

bool Filter::addressMatches(const Term& term, Ipv4Address address)
{
    if (address.is_unspecified()) return false;
    if (term.range) return term.range->contains(address);
    return address.to_string().find(term.latin) != std::string::npos;
}

bool Filter::clientMatches(const Scope& scope, std::size_t index, observe::ClientId id) const
{
    const auto clients = scope.state().clients();
    if (id >= clients.size()) return false;
    if (remembered_.size() < clients.size()) remembered_.resize(clients.size());
    const std::uint32_t known = std::uint32_t{1} << (2 * index);
    auto& bits = remembered_[id];
    if ((bits & known) != 0) return (bits & known << 1) != 0;

    const auto& client = clients[id];
    const auto& term = terms_[index];
    const auto contains = [&](const std::string& text) {
        return QString::fromStdString(text).contains(term.text, Qt::CaseInsensitive);
    };
    const bool found = scope.clientName(id).contains(term.text, Qt::CaseInsensitive) || contains(client.hostname)
        || contains(client.hardware.to_string()) || vendorName(client.hardware).contains(term.text, Qt::CaseInsensitive)
        || contains(client.vendor_class) || (!client.client_id.empty() && contains(hex(client.client_id)));
    bits |= known | (found ? known << 1 : 0);
    return found;
}

bool Filter::exchangeMatches(const Scope& scope, std::size_t index, const observe::Exchange& exchange) const
{
    const Term& term = terms_[index];
    const auto& state = scope.state();
    const auto serverMatches = [&](observe::ServerId id) {
        if (id >= state.servers().size()) return false;
        return addressMatches(term, state.servers()[id].identifier)
            || (!term.range && scope.serverDetail(id).contains(term.text, Qt::CaseInsensitive));
    };
    const auto offered = [&](const observe::Offer& offer) { return addressMatches(term, offer.address); };
    switch (term.field) {
    case FilterField::any:
        return clientMatches(scope, index, exchange.client) || addressMatches(term, exchange.address)
            || std::ranges::any_of(exchange.offers, offered)
            || (term.latin.starts_with("0x") && xidMatches(exchange.xid, term.latin));
    case FilterField::xid: return xidMatches(exchange.xid, term.latin);
    case FilterField::client: return clientMatches(scope, index, exchange.client);
    case FilterField::address: return addressMatches(term, exchange.address) || std::ranges::any_of(exchange.offers, offered);
    case FilterField::server:
        return serverMatches(exchange.server)
            || std::ranges::any_of(exchange.offers, [&](const observe::Offer& o) { return serverMatches(o.server); });
    case FilterField::state: return nameMatches(to_string(exchange.outcome), term.latin);
    case FilterField::type:
        return std::ranges::any_of(exchange.messages, [&](observe::MessageId id) {
            return id < state.messages().size() && typeMatches(state.messages()[id].type, term.latin);
        });
    }
    return false;
}

bool Filter::matches(const Scope& scope, const observe::Exchange& exchange) const
{
    for (std::size_t i = 0; i < terms_.size(); ++i)
        if (!exchangeMatches(scope, i, exchange)) return false;
    return true;
}

bool Filter::matches(const Scope& scope, const observe::Binding& binding) const
{
    const auto& state = scope.state();
    const ReservedAddress* const kept = scope.reservation(binding.address);
    const bool nobodys = binding.is_nobodys();
    const auto isWhose = [&](std::size_t i) {
        const auto contains = [&](const QString& text) { return text.contains(terms_[i].text, Qt::CaseInsensitive); };
        if (nobodys) return kept != nullptr && (contains(kept->client) || contains(kept->name));
        return clientMatches(scope, i, binding.client);
    };
    const auto one = [&](std::size_t i) {
        const Term& term = terms_[i];
        switch (term.field) {
        case FilterField::any: return isWhose(i) || addressMatches(term, binding.address);
        case FilterField::client: return isWhose(i);
        case FilterField::address: return addressMatches(term, binding.address);
        case FilterField::server:
            return binding.server < state.servers().size() && addressMatches(term, state.servers()[binding.server].identifier);
        case FilterField::state:
            return (!nobodys && nameMatches(to_string(binding.state), term.latin))
                || (kept != nullptr && nameMatches("reserved", term.latin))
                || (binding.quarantined && nameMatches("quarantine", term.latin));
        case FilterField::xid:
        case FilterField::type:
            return binding.exchange < state.exchanges().size() && exchangeMatches(scope, i, state.exchanges()[binding.exchange]);
        }
        return false;
    };
    for (std::size_t i = 0; i < terms_.size(); ++i)
        if (!one(i)) return false;
    return true;
}

void Filter::forget(std::span<const observe::ClientId> clients)
{
    for (const auto id : clients)
        if (id < remembered_.size()) remembered_[id] = 0;
}

void Filter::forgetAll() { remembered_.clear(); }

} // namespace dorascope::models
