namespace Dragoman.Emulators.Http;

/// <summary>One provider's API: it checks requests by that provider's rules, and answers in its words.</summary>
internal interface IProviderApi
{
    /// <summary>The model a request is for, as far as it can be known; faults may be asked for in its name.</summary>
    string? ModelOf(Call call);

    /// <summary>Answers, or throws a <see cref="Refusal"/>.</summary>
    Reply Answer(Call call, RequestContext request);

    /// <summary>An error in this provider's envelope.</summary>
    Reply Error(Call call, Refusal refusal);
}
