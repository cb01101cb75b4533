namespace Dragoman.Providers.Abstractions;

/// <summary>How a vendor's usage page is read, as data. A path names members with dots between (<c>data.limits</c>); of several with <c>|</c> between, the first that is there counts.</summary>
internal sealed record UsageMap
{
    /// <summary>The windows that requests draw on.</summary>
    public IReadOnlyList<UsageRule> Windows { get; init; } = [];

    /// <summary>What else people want to see: limits of other things than requests to models.</summary>
    public IReadOnlyList<UsageRule> Facts { get; init; } = [];

    /// <summary>Where the plan's name is; null where the page does not say.</summary>
    public string? Plan { get; init; }

    /// <summary>Members that say by their value whether the answer is a success, for vendors that refuse with 200. One that is absent says nothing.</summary>
    public IReadOnlyDictionary<string, string> Success { get; init; } = new Dictionary<string, string>();

    /// <summary>Where a refusal's words are.</summary>
    public string? Message { get; init; }
}

/// <summary>How one window, or each of a list of them, is read.</summary>
internal sealed record UsageRule
{
    /// <summary>What the window is called; <c>{path}</c> stands for a member of the item. Null where it is called by its length.</summary>
    public string? Name { get; init; }

    /// <summary>Where the item is, or the list of items; empty for the page itself.</summary>
    public string At { get; init; } = "";

    /// <summary>Members that an item must have, with the words that they may be (commas between, <c>*</c> for any run of characters).</summary>
    public IReadOnlyDictionary<string, string> Where { get; init; } = new Dictionary<string, string>();

    /// <summary>Members that an item must not have with these words.</summary>
    public IReadOnlyDictionary<string, string> Unless { get; init; } = new Dictionary<string, string>();

    /// <summary>Where the whole is.</summary>
    public string? Limit { get; init; }

    /// <summary>Where it is said what is used.</summary>
    public string? Used { get; init; }

    /// <summary>Where it is said what is left; it counts before what is used.</summary>
    public string? Remaining { get; init; }

    /// <summary>Where the used share is, in percent; asked where the whole is not known.</summary>
    public string? UsedPercent { get; init; }

    /// <summary>Where the share that is left is, in percent; asked where the whole is not known.</summary>
    public string? RemainingPercent { get; init; }

    /// <summary>Where it is said when the window begins anew: a time, or seconds or milliseconds since 1970.</summary>
    public string? Resets { get; init; }

    /// <summary>Where the window's length is, as a number.</summary>
    public string? Length { get; init; }

    /// <summary>Where the unit of the length is (<c>TIME_UNIT_MINUTE</c>, <c>hours</c>); minutes where nothing is said.</summary>
    public string? LengthUnit { get; init; }
}
