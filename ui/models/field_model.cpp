// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/field_model.h"

namespace dorascope::models {
namespace {

CellSeverity cellSeverity(const std::optional<wire::Severity>& severity)
{
    if (!severity) return CellSeverity::none;
    switch (*severity) {
    case wire::Severity::note: return CellSeverity::note;
    case wire::Severity::warning: return CellSeverity::warning;
    case wire::Severity::error: return CellSeverity::error;
    }
    return CellSeverity::none;
}

} // namespace

FieldModel::FieldModel(Scope& scope, QObject* parent) : QAbstractItemModel{parent}, scope_{scope}
{
    connect(&scope, &Scope::selectionChanged, this, &FieldModel::load);
    connect(&scope, &Scope::reset, this, &FieldModel::load);
    load();
}

void FieldModel::load()
{
    const auto wanted = scope_.selection().message;
    beginResetModel();
    detail_ = messageDetail(scope_, wanted);
    const std::size_t count = detail_ ? detail_->fields.size() : 0;
    children_.assign(count + 1, {});
    rowInParent_.assign(count, 0);
    for (std::size_t i = 0; i < count; ++i) {
        auto& siblings = children_[static_cast<std::size_t>(detail_->fields[i].parent + 1)];
        rowInParent_[i] = static_cast<int>(siblings.size());
        siblings.push_back(static_cast<int>(i));
    }
    endResetModel();
}

// An index carries its field's number.
int FieldModel::fieldOf(const QModelIndex& index) const
{
    if (!index.isValid() || !detail_ || index.internalId() >= detail_->fields.size()) return -1;
    return static_cast<int>(index.internalId());
}

QModelIndex FieldModel::indexOfField(int field, int column) const
{
    if (!detail_ || field < 0 || static_cast<std::size_t>(field) >= detail_->fields.size()) return {};
    return createIndex(rowInParent_[static_cast<std::size_t>(field)], column, static_cast<quintptr>(field));
}

QModelIndex FieldModel::indexOfByte(std::size_t offset) const
{
    return detail_ ? indexOfField(detail_->fieldAt(offset)) : QModelIndex{};
}

QModelIndex FieldModel::index(int row, int column, const QModelIndex& parent) const
{
    if (!hasIndex(row, column, parent)) return {};
    const auto& siblings = children_[static_cast<std::size_t>(fieldOf(parent) + 1)];
    return indexOfField(siblings[static_cast<std::size_t>(row)], column);
}

QModelIndex FieldModel::parent(const QModelIndex& child) const
{
    const int field = fieldOf(child);
    return field < 0 ? QModelIndex{} : indexOfField(detail_->fields[static_cast<std::size_t>(field)].parent);
}

int FieldModel::rowCount(const QModelIndex& parent) const
{
    if (parent.isValid() && parent.column() != kField) return 0;
    return static_cast<int>(children_[static_cast<std::size_t>(fieldOf(parent) + 1)].size());
}

int FieldModel::columnCount(const QModelIndex&) const { return kColumnCount; }

QVariant FieldModel::data(const QModelIndex& index, int role) const
{
    const int number = fieldOf(index);
    if (number < 0) return {};
    const auto& field = detail_->fields[static_cast<std::size_t>(number)];
    switch (role) {
    case Qt::DisplayRole: return index.column() == kField ? field.label : field.value;
    case Qt::ToolTipRole: return field.anomaly.isEmpty() ? field.value : field.anomaly;
    case Qt::AccessibleDescriptionRole:
    case kAnomalyRole: return field.anomaly;
    case kOffsetRole: return static_cast<int>(field.offset);
    case kLengthRole: return static_cast<int>(field.length);
    case kSeverityRole: return static_cast<int>(cellSeverity(field.severity));
    case kOptionRole: return field.option;
    default: return {};
    }
}

QVariant FieldModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 || section >= kColumnCount) return {};
    return section == kField ? tr("Field") : tr("Value");
}

} // namespace dorascope::models
