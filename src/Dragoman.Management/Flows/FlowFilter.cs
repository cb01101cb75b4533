using System.Globalization;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Text;

namespace Dragoman.Management.Flows;

/// <summary>Which flows are meant, as people write it. What is given must all hold; null and blank are any.</summary>
public sealed record FlowFilter
{
    /// <summary>Words, each of which must begin a word of the flow.</summary>
    public string? Text { get; init; }

    /// <summary>The upstream's model or the one asked for; <c>*</c> stands for any run of characters.</summary>
    public string? Model { get; init; }

    /// <summary>The provider.</summary>
    public string? Provider { get; init; }

    /// <summary>The account's id or label.</summary>
    public string? Account { get; init; }

    /// <summary>The client key's id or name.</summary>
    public string? Key { get; init; }

    /// <summary>The family of client programs (<c>claude-code</c>), or <c>unknown</c> for flows of which it was not kept.</summary>
    public string? Client { get; init; }

    /// <summary>The conversation.</summary>
    public string? Session { get; init; }

    /// <summary><c>429</c>, <c>4xx</c> or <c>200-299</c>.</summary>
    public string? Status { get; init; }

    /// <summary>From when: a time, or how long ago (<c>2h</c>, <c>7d</c>).</summary>
    public string? From { get; init; }

    /// <summary>Until when, likewise.</summary>
    public string? To { get; init; }

    /// <summary>With losses, or without.</summary>
    public bool? HasLosses { get; init; }

    /// <summary>Bookmarked, or not.</summary>
    public bool? Bookmarked { get; init; }

    /// <summary>With this tag.</summary>
    public string? Tag { get; init; }

    /// <summary>Refused before they were let in (a key or a body that is none), so that usage does not count them; or counted there.</summary>
    public bool? IsRefused { get; init; }

    /// <summary>The query, or what is wrong with it.</summary>
    internal ManagementResult<FlowQuery> Read(TimeProvider time)
    {
        ManagementError? error = null;
        int? statusFrom = null;
        int? statusTo = null;
        if (Status is { Length: > 0 } status)
        {
            if (!TryStatus(status, out var low, out var high)) error = ManagementError.Invalid($"'{status}' is no status; write 429, 4xx or 200-299.", "status");
            (statusFrom, statusTo) = (low, high);
        }

        var from = TimeOf(From, "from", time, ref error);
        var to = TimeOf(To, "to", time, ref error);
        return error is not null ? error : new FlowQuery
        {
            Text = Given(Text),
            Model = Given(Model),
            Provider = Given(Provider),
            Account = Given(Account),
            Key = Given(Key),
            Client = Given(Client) is { } client ? client == "unknown" ? "" : client : null,
            Session = Given(Session),
            StatusFrom = statusFrom,
            StatusTo = statusTo,
            From = from,
            To = to,
            HasLosses = HasLosses,
            Bookmarked = Bookmarked,
            Tag = Given(Tag),
            IsRefused = IsRefused,
        };
    }

    private static string? Given(string? value) => string.IsNullOrWhiteSpace(value) ? null : value;

    private static bool TryStatus(string text, out int from, out int to)
    {
        (from, to) = (0, 0);
        if (text is [>= '1' and <= '5', 'x' or 'X', 'x' or 'X'])
        {
            from = (text[0] - '0') * 100;
            to = from + 99;
            return true;
        }

        var ends = text.Split('-', 2);
        if (!int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out from)) return false;
        to = from;
        return ends.Length == 1 || int.TryParse(ends[1], NumberStyles.None, CultureInfo.InvariantCulture, out to);
    }

    private static DateTimeOffset? TimeOf(string? text, string name, TimeProvider time, ref ManagementError? error)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        if (text[^1] is 's' or 'm' or 'h' or 'd' && DurationText.TryParse(text, out var ago)) return time.GetUtcNow() - ago;
        // A plus that was not escaped comes as a blank.
        if (DateTimeOffset.TryParse(text.Replace(' ', '+'), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) || DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out at)) return at;
        error = ManagementError.Invalid($"'{text}' is no time; write 2026-01-31T08:00:00Z, or how long ago: 30m, 2h, 7d.", name);
        return null;
    }
}
