// SPDX-License-Identifier: GPL-3.0-or-later
// The selected message as a tree of fields. Follows the scope's selection.
#pragma once

#include "ui/models/cell_severity.h"
#include "ui/models/message_detail.h"
#include "ui/models/scope.h"

#include <QAbstractItemModel>

namespace dorascope::models {

class FieldModel : public QAbstractItemModel {
    Q_OBJECT
public:
    enum Column { kField, kValue, kColumnCount };
    enum Role {
        kOffsetRole = Qt::UserRole, ///< int: into the frame
        kLengthRole, ///< int
        kAnomalyRole, ///< QString: what is wrong, empty when nothing is
        kSeverityRole, ///< int: CellSeverity
        kOptionRole, ///< int: option code, −1 for what is none
    };

    explicit FieldModel(Scope& scope, QObject* parent = nullptr);

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& child) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    /// The message shown; nothing when none is selected.
    const std::optional<MessageDetail>& detail() const { return detail_; }
    int fieldOf(const QModelIndex& index) const; ///< into detail()->fields; −1 for an invalid index
    QModelIndex indexOfField(int field, int column = kField) const;
    QModelIndex indexOfByte(std::size_t offset) const; ///< innermost field of that byte of the frame

private:
    void load();

    Scope& scope_;
    std::optional<MessageDetail> detail_;
    std::vector<std::vector<int>> children_; ///< by field + 1; [0] are the top level
    std::vector<int> rowInParent_;
};

} // namespace dorascope::models
