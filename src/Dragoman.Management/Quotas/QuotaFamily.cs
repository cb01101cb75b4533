namespace Dragoman.Management.Quotas;

/// <summary>The few groups that quota windows of all vendors fall in, so that one page can show them beside each other.</summary>
internal static class QuotaFamily
{
    /// <summary>What is not a window but a cooldown of an account or model.</summary>
    public const string Cooldown = "cooldown";

    /// <summary>The group of a window.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="length">Its length; null where it is not known.</param>
    public static string Of(string name, TimeSpan? length) => length switch
    {
        { TotalHours: < 4 } => "minutes",
        { TotalHours: <= 6 } => "five-hour",
        { TotalDays: <= 2 } => "daily",
        { TotalDays: <= 14 } => "weekly",
        not null => "monthly",
        null => OfName(name),
    };

    private static string OfName(string name)
        => name.Contains("request", StringComparison.OrdinalIgnoreCase) ? "requests"
            : name.Contains("token", StringComparison.OrdinalIgnoreCase) ? "tokens"
            : name.Equals("model", StringComparison.OrdinalIgnoreCase) ? "per-model"
            : name.Contains("credit", StringComparison.OrdinalIgnoreCase) ? "credits" : "other";
}
