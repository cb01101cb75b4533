using Dragoman.Gateway.Requests;

namespace Dragoman.Management.Keys;

/// <summary>What settings of a key cannot be.</summary>
internal static class KeyChecks
{
    private const int LongestText = 1_000;
    private const int MostItems = 1_000;

    /// <summary>The first fault, or null.</summary>
    public static ManagementError? Find(KeySettings settings)
    {
        if (string.IsNullOrWhiteSpace(settings.Name)) return ManagementError.Invalid("The key needs a name.", "name", "missing_required_parameter");
        if (settings.Name.Length > LongestText) return ManagementError.Invalid($"The name is longer than {LongestText} letters.", "name");
        if (settings.RequestsPerMinute < 1) return Least("requests_per_minute");
        if (settings.TokensPerMinute < 1) return Least("tokens_per_minute");
        if (settings.Concurrency < 1) return Least("concurrency");
        foreach (var (list, name) in ((IReadOnlyList<string>?, string)[])[(settings.Tags, "tags"), (settings.Models, "models"), (settings.Providers, "providers"), (settings.Surfaces, "surfaces")])
        {
            if (list?.Any(string.IsNullOrWhiteSpace) == true) return ManagementError.Invalid("An item is empty; it would fit nothing. Leave the list empty to allow everything.", name);
            if (list?.Count > MostItems) return ManagementError.Invalid($"There are more than {MostItems} items.", name);
        }

        return Surfaces(settings.Surfaces ?? []) ?? Budgets(settings.Budgets ?? []);
    }

    private static ManagementError? Surfaces(IReadOnlyList<string> surfaces)
    {
        var names = Enum.GetNames<Surface>().Select(name => name.ToLowerInvariant()).ToArray();
        foreach (var surface in surfaces)
        {
            if (!surface.Contains('*', StringComparison.Ordinal) && !names.Contains(surface, StringComparer.OrdinalIgnoreCase))
                return ManagementError.Invalid($"'{surface}' is no surface; there are {string.Join(", ", names)}.", "surfaces");
        }

        return null;
    }

    private static ManagementError? Budgets(IReadOnlyList<BudgetView> budgets)
    {
        foreach (var budget in budgets)
        {
            if (budget.Limit < 0) return ManagementError.Invalid("A budget cannot be less than nothing.", "budgets");
            if (!string.IsNullOrWhiteSpace(budget.TimeZone) && !TimeZoneInfo.TryFindSystemTimeZoneById(budget.TimeZone, out _))
                return ManagementError.Invalid($"The time zone '{budget.TimeZone}' is not known; write an IANA name like Europe/Berlin.", "budgets");
        }

        return budgets.GroupBy(budget => (budget.Unit, budget.Period)).FirstOrDefault(group => group.Count() > 1) is { Key: var twice }
            ? ManagementError.Invalid($"There are two budgets in {twice.Unit.ToString().ToLowerInvariant()} for the period '{twice.Period.ToString().ToLowerInvariant()}'; one is enough.", "budgets")
            : null;
    }

    private static ManagementError Least(string param) => ManagementError.Invalid($"'{param}' must be 1 or more, or null for no limit.", param);
}
