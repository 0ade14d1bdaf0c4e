// SPDX-License-Identifier: GPL-3.0-or-later
// "if … elsif … else" of a dhcpd.conf. What a branch says becomes a class of those for whom its condition holds; what "else" says is said
// in the scope around it, where every branch before it says the same things anew.
#pragma once

#include "engine/interchange/isc_condition.h"
#include "engine/interchange/isc_scope.h"

#include <functional>
#include <map>
#include <set>

namespace dorascope::interchange {

class IscConditionals {
public:
    using Statements = std::span<const IscStatement>;
    /// Reads what stands in a block.
    using Walk = std::function<void(const std::vector<IscStatement>&, IscScope&)>;

    explicit IscConditionals(IscOutcome& outcome);

    static bool is_part(const IscStatement& s);
    /// Those among the statements of a scope. Before its other blocks, which begin with what "else" says.
    void take_all(Statements statements, IscScope& scope, const Walk& walk);
    /// Makes classes, once all other classes and the subnets are known, and brings all of them into the order of their ranks.
    void place_all();

private:
    struct Branch {
        IscScope scope; ///< where the outermost condition stands; a scope's options are not kept
        ClassTests tests;
        server::OptionSettings options;
        std::size_t line = 0;
        std::string text, name;
        bool says_nothing() const;
        bool says_times() const;
        bool says_the_same(const Branch& other) const;
    };
    /// Which statement says a thing last.
    using Last = std::map<std::string, std::size_t, std::less<>>;

    /// False: nothing of it becomes a class.
    bool take_chain(Statements chain, IscScope& scope, const Walk& walk);
    /// False: it has no equivalent, and that is listed.
    bool take_branch(const IscStatement& s, IscScope& scope, const Walk& walk);
    void take_else(const IscStatement& s, std::span<const std::size_t> branches, IscScope& scope, const Walk& walk);
    void list_shared(const IscStatement& s, std::span<const std::size_t> branches);
    void list_outranked(Statements chain, const Last& last, std::size_t at);

    using Classes = std::vector<server::ClientClass>;
    Classes of_server();
    Classes of_subnets();
    std::map<std::size_t, Classes> of_classes();
    /// What says the same of the same clients in several subnets is one class.
    void place_alike(std::span<Branch* const> alike, Classes& classes);
    std::size_t subnets_of(std::span<Branch* const> alike) const;
    server::ClientClass class_of(Branch& branch, ClassTests tests);
    bool afford(const ClassTests& tests);
    void drop(const Branch& branch, std::string why) { outcome_.notes.add(branch.line, branch.text, std::move(why)); }

    IscOutcome& outcome_;
    std::vector<Branch> branches_; ///< in ascending rank: the later outranks the earlier
    std::set<std::string, std::less<>> names_;
    std::int64_t budget_;
};

} // namespace dorascope::interchange
