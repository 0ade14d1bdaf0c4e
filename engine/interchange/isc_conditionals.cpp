// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/interchange/isc_conditionals.h"

#include "engine/interchange/class_times.h"
#include "engine/interchange/config_formats.h"
#include "engine/interchange/kea_condition.h"
#include "engine/interchange/text.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace dorascope::interchange {
namespace {

using server::ClientClass;
using Scope = IscScope;

bool is_if(const IscStatement& s) { return s.has_block && s.begins("if"); }
bool is_else(const IscStatement& s) { return s.has_block && s.begins("else") && s.tokens.size() == 1; }
/// "elsif", "else if"
bool is_elsif(const IscStatement& s)
{
    return s.has_block && (s.begins("elsif") || (s.begins("else") && s.tokens.size() > 1 && s.tokens[1].is("if")));
}

IscTokens condition_of(const IscStatement& s) { return IscTokens{s.tokens}.subspan(s.begins("else") ? 2 : 1); }

/// How many statements the chain has that begins with an "if".
std::size_t chain_length(std::span<const IscStatement> statements)
{
    std::size_t length = 1;
    while (length < statements.size() && is_elsif(statements[length]))
        ++length;
    if (length < statements.size() && is_else(statements[length])) ++length;
    return length;
}

/// What a plain statement says: "filename", "option routers".
std::string thing_said(const IscStatement& s)
{
    return std::string{s.word(0)} + (s.begins("option") ? " " + std::string{s.word(1)} : "");
}

/// Why conditions of a scope have no equivalent; empty where they have.
std::string_view why_not(Scope::Block block)
{
    switch (block) {
    case Scope::kGroup: return "is a condition of a group, and a class is of every client";
    case Scope::kPool: return "is a condition of a pool, and a class is of every client";
    case Scope::kHost: return "is a condition of a host, and what is said of a reservation holds whatever its client says";
    case Scope::kElse: return "is a condition for those alone for whom another does not hold";
    default: return {};
    }
}

/// Not one that dhcpd names without serving it.
bool is_served(const server::Subnet& subnet) { return !subnet.pools.empty() || !subnet.reservations.empty(); }

constexpr const char* kNone = "is a condition that has no equivalent here; write the class by hand";

} // namespace

IscConditionals::IscConditionals(IscOutcome& outcome) : outcome_{outcome}, budget_{kRepeatedOctets} { }

bool IscConditionals::is_part(const IscStatement& s) { return is_if(s) || is_elsif(s) || is_else(s); }

bool IscConditionals::Branch::says_nothing() const { return said(options).none() && !says_times(); }

bool IscConditionals::Branch::says_times() const { return scope.lease || scope.least || scope.most; }

bool IscConditionals::Branch::says_the_same(const Branch& other) const
{
    return options == other.options && scope.lease == other.scope.lease && scope.least == other.scope.least
        && scope.most == other.scope.most;
}

bool IscConditionals::afford(const ClassTests& tests)
{
    budget_ -= static_cast<std::int64_t>(size_of(tests)) + 64;
    return budget_ >= 0;
}

// ---- reading ------------------------------------------------------------------------------------------------------------------------

void IscConditionals::take_all(Statements statements, Scope& scope, const Walk& walk)
{
    Last last;
    if (std::ranges::any_of(statements, is_if)) {
        for (std::size_t i = 0; i < statements.size(); ++i)
            if (!statements[i].has_block) last.insert_or_assign(thing_said(statements[i]), i);
    }
    for (std::size_t i = 0; i < statements.size();) {
        const auto& s = statements[i];
        if (!is_if(s)) {
            if (is_part(s)) outcome_.drop(s, "stands behind no condition");
            ++i;
            continue;
        }
        const auto chain = statements.subspan(i, chain_length(statements.subspan(i)));
        if (take_chain(chain, scope, walk)) list_outranked(chain, last, i);
        i += chain.size();
    }
}

/// dhcpd.conf(5): the first whose condition holds. Here the class that comes last outranks the others.
bool IscConditionals::take_chain(Statements chain, Scope& scope, const Walk& walk)
{
    const auto start = branches_.size();
    std::vector<std::size_t> begins;
    bool carried = true;
    for (const auto& s : chain) {
        if (const auto why = why_not(scope.block); !why.empty()) {
            outcome_.drop(s, std::string{why});
        } else if (!carried) {
            outcome_.drop(s, "follows a condition that has no equivalent here");
        } else if (is_else(s)) {
            take_else(s, begins, scope, walk);
        } else {
            begins.push_back(branches_.size());
            carried = take_branch(s, scope, walk);
            if (carried) list_shared(s, begins);
        }
    }
    std::vector<Branch> reversed;
    for (auto end = branches_.size(); !begins.empty(); begins.pop_back()) {
        const auto first = branches_.begin() + static_cast<std::ptrdiff_t>(begins.back());
        std::move(first, branches_.begin() + static_cast<std::ptrdiff_t>(end), std::back_inserter(reversed));
        end = begins.back();
    }
    std::ranges::move(reversed, branches_.begin() + static_cast<std::ptrdiff_t>(start));
    return branches_.size() > start;
}

bool IscConditionals::take_branch(const IscStatement& s, Scope& scope, const Walk& walk)
{
    auto tests = isc_condition(condition_of(s), outcome_.names);
    if (!tests) return outcome_.drop(s, kNone), false;
    if (outcome_.config.classes.size() + branches_.size() >= kMostClasses)
        return outcome_.drop(s, "is one class too many"), false;
    if (scope.condition != nullptr) {
        if (!afford(*scope.condition)) return outcome_.drop(s, "is too much to repeat for each"), false;
        tests->insert(tests->begin(), scope.condition->begin(), scope.condition->end());
    }
    Scope inner;
    inner.block = Scope::kIf;
    inner.conditions_in = scope.block == Scope::kIf ? scope.conditions_in : scope.block;
    inner.shared_network = scope.shared_network;
    inner.subnet = scope.subnet;
    inner.client_class = scope.client_class;
    const auto at = branches_.size(); // what stands in it comes behind it
    branches_.push_back({inner, *tests, {}, s.line, s.text(), shortened(joined(condition_of(s)), 100)});
    server::OptionSettings options;
    inner.target = &options;
    inner.condition = &*tests;
    walk(s.block, inner);
    auto& branch = branches_[at];
    branch.options = std::move(options);
    branch.scope.lease = inner.lease;
    branch.scope.least = inner.least;
    branch.scope.most = inner.most;
    return true;
}

void IscConditionals::take_else(const IscStatement& s, std::span<const std::size_t> branches, Scope& scope, const Walk& walk)
{
    server::OptionSettings options;
    Scope inner;
    inner.block = Scope::kElse;
    inner.target = &options;
    walk(s.block, inner);
    if (inner.lease || inner.least || inner.most) outcome_.drop(s, "its lease times have no equivalent: give them to a class");
    const auto things = said(options);
    const bool covered =
        std::ranges::all_of(branches, [&](std::size_t i) { return (things & ~said(branches_[i].options)).none(); });
    if (!covered)
        return outcome_.drop(s,
                             "is for those alone for whom no condition holds, and the others are not told anything in its place");
    inherit(options, scope.options_here());
    scope.options_here() = std::move(options);
}

/// Who is of this class and of one before it in the chain is told by dhcpd what the first says and nothing else.
void IscConditionals::list_shared(const IscStatement& s, std::span<const std::size_t> branches)
{
    const auto& last = branches_[branches.back()];
    Said things; // also what stands in conditions within it
    bool times = false;
    for (const auto& each : std::span{branches_}.subspan(branches.back())) {
        things |= said(each.options);
        times |= each.says_times();
    }
    for (const auto i : branches.first(branches.size() - 1)) {
        const auto& before = branches_[i];
        if ((things & ~said(before.options)).none() && !times) continue;
        if (afford(before.tests) && exclude_each_other(before.tests, last.tests)) continue;
        return outcome_.drop(
            s, "holds here also for those for whom an earlier condition holds, where that does not say the same things");
    }
}

void IscConditionals::list_outranked(Statements chain, const Last& last, std::size_t at)
{
    for (const auto& s : chain) {
        const bool outranked = std::ranges::any_of(s.block, [&](const IscStatement& inner) {
            const auto later = inner.has_block ? last.end() : last.find(thing_said(inner));
            return later != last.end() && later->second > at;
        });
        if (outranked) outcome_.drop(s, "outranks what its block says later here, and not in dhcpd");
    }
}

// ---- placing ------------------------------------------------------------------------------------------------------------------------

/// What a subnet says outranks the server's with dhcpd, what a class says both, and the first class the others. Here the last does.
void IscConditionals::place_all()
{
    auto classes = of_server();
    for (auto& each : of_subnets())
        classes.push_back(std::move(each));
    auto within = of_classes();
    auto& old = outcome_.config.classes;
    for (std::size_t i = old.size(); i-- > 0;) {
        classes.push_back(std::move(old[i]));
        for (auto& each : within[i])
            classes.push_back(std::move(each));
    }
    old = std::move(classes);
}

IscConditionals::Classes IscConditionals::of_server()
{
    Said of_subnets;
    for (const auto& subnet : outcome_.config.subnets)
        if (is_served(subnet)) of_subnets |= said(subnet.options);
    Classes classes;
    for (auto& branch : branches_) {
        if (branch.scope.conditions_in != Scope::kTop || branch.says_nothing()) continue;
        if ((said(branch.options) & of_subnets).any() || (branch.says_times() && outcome_.times_within))
            drop(branch, "outranks what subnets say of the same things here, and not in dhcpd");
        classes.push_back(class_of(branch, branch.tests));
    }
    return classes;
}

IscConditionals::Classes IscConditionals::of_subnets()
{
    Classes classes;
    for (const auto block : {Scope::kNetwork, Scope::kSubnet}) {
        std::map<std::string, std::vector<Branch*>> alike; // by whom they are for
        std::vector<const std::vector<Branch*>*> in_order;
        for (auto& branch : branches_) {
            if (branch.scope.conditions_in != block || branch.says_nothing()) continue;
            auto& list = alike[kea_expression(branch.tests)];
            if (list.empty()) in_order.push_back(&list);
            list.push_back(&branch);
        }
        for (const auto* list : in_order)
            place_alike(*list, classes);
    }
    return classes;
}

void IscConditionals::place_alike(std::span<Branch* const> alike, Classes& classes)
{
    auto& first = *alike.front();
    if (!std::ranges::all_of(alike, [&](const Branch* other) { return other->says_the_same(first); })) {
        for (const auto* branch : alike)
            drop(*branch, "says other things than the same condition elsewhere, and a class is not of one subnet");
        return;
    }
    const auto covered = subnets_of(alike);
    if (covered == 0) return drop(first, "stands where nobody gets an address");
    if (std::cmp_less(covered, std::ranges::count_if(outcome_.config.subnets, is_served)))
        drop(first, "holds in every subnet here, because a class does");
    classes.push_back(class_of(first, first.tests));
}

std::size_t IscConditionals::subnets_of(std::span<Branch* const> alike) const
{
    std::set<std::string, std::less<>> networks;
    std::set<const server::Subnet*> subnets;
    for (const auto* branch : alike) {
        if (branch->scope.conditions_in == Scope::kNetwork)
            networks.insert(branch->scope.shared_network);
        else
            subnets.insert(branch->scope.subnet);
    }
    const auto has = [&](const server::Subnet& subnet) {
        return is_served(subnet)
            && (subnets.contains(&subnet) || (!subnet.shared_network.empty() && networks.contains(subnet.shared_network)));
    };
    return static_cast<std::size_t>(std::ranges::count_if(outcome_.config.subnets, has));
}

std::map<std::size_t, IscConditionals::Classes> IscConditionals::of_classes()
{
    std::map<std::size_t, Classes> classes;
    for (auto& branch : branches_) {
        if (branch.scope.conditions_in != Scope::kClass || branch.says_nothing()) continue;
        const auto& around = outcome_.config.classes[*branch.scope.client_class];
        if (around.tests.empty()) {
            drop(branch, "its class has no condition here");
        } else if (!afford(around.tests)) {
            drop(branch, "is too much to repeat for each");
        } else {
            auto tests = around.tests;
            tests.insert(tests.end(), branch.tests.begin(), branch.tests.end());
            branch.name = fmt::format("{}, {}", around.name, branch.name);
            classes[*branch.scope.client_class].push_back(class_of(branch, std::move(tests)));
        }
    }
    return classes;
}

ClientClass IscConditionals::class_of(Branch& branch, ClassTests tests)
{
    constexpr std::size_t kMost = 200; // what numbers come behind it, and validate()'s 255
    if (names_.empty())
        for (const auto& each : outcome_.config.classes)
            names_.insert(each.name);
    auto name = shortened(branch.name, kMost);
    for (auto number = names_.size() + 1; !names_.insert(name).second; ++number)
        name = fmt::format("{} {}", shortened(branch.name, kMost), number);
    ClientClass target{std::move(name), std::move(tests), false, std::move(branch.options)};
    target.lease_seconds = branch.scope.lease;
    target.min_lease_seconds = branch.scope.least;
    target.max_lease_seconds = branch.scope.most;
    bring_between_bounds(target);
    return target;
}

} // namespace dorascope::interchange
