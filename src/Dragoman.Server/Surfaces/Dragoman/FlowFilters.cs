using Dragoman.Management.Flows;
using Microsoft.AspNetCore.Mvc;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary>Which flows are meant: the query of every route that lists, exports or follows them. What is given must all hold.</summary>
internal sealed class FlowFilters
{
    /// <summary>Words, each of which must begin a word of the flow.</summary>
    [FromQuery(Name = "text")]
    public string? Text { get; init; }

    /// <summary>The upstream's model or the one asked for; <c>*</c> stands for any run of characters.</summary>
    [FromQuery(Name = "model")]
    public string? Model { get; init; }

    /// <summary>The provider.</summary>
    [FromQuery(Name = "provider")]
    public string? Provider { get; init; }

    /// <summary>The account's id or label.</summary>
    [FromQuery(Name = "account")]
    public string? Account { get; init; }

    /// <summary>The client key's id or name.</summary>
    [FromQuery(Name = "key")]
    public string? Key { get; init; }

    /// <summary>The family of client programs (<c>claude-code</c>), or <c>unknown</c> for flows of which it was not kept.</summary>
    [FromQuery(Name = "client")]
    public string? Client { get; init; }

    /// <summary>The conversation.</summary>
    [FromQuery(Name = "session")]
    public string? Session { get; init; }

    /// <summary><c>429</c>, <c>4xx</c> or <c>200-299</c>.</summary>
    [FromQuery(Name = "status")]
    public string? Status { get; init; }

    /// <summary>From when: a time, or how long ago (<c>2h</c>, <c>7d</c>).</summary>
    [FromQuery(Name = "from")]
    public string? From { get; init; }

    /// <summary>Until when, likewise.</summary>
    [FromQuery(Name = "to")]
    public string? To { get; init; }

    /// <summary>With losses, or without.</summary>
    [FromQuery(Name = "has_losses")]
    public bool? HasLosses { get; init; }

    /// <summary>Bookmarked, or not.</summary>
    [FromQuery(Name = "bookmarked")]
    public bool? Bookmarked { get; init; }

    /// <summary>With this tag.</summary>
    [FromQuery(Name = "tag")]
    public string? Tag { get; init; }

    /// <summary>Refused before they were let in (a key or a body that is none), so that usage does not count them; or counted there.</summary>
    [FromQuery(Name = "refused")]
    public bool? Refused { get; init; }

    /// <summary>The same for the use cases.</summary>
    public FlowFilter ToFilter() => new()
    {
        Text = Text,
        Model = Model,
        Provider = Provider,
        Account = Account,
        Key = Key,
        Client = Client,
        Session = Session,
        Status = Status,
        From = From,
        To = To,
        HasLosses = HasLosses,
        Bookmarked = Bookmarked,
        Tag = Tag,
        IsRefused = Refused,
    };
}
