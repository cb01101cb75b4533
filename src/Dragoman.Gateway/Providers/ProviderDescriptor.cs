using Dragoman.Protocols;

namespace Dragoman.Gateway.Providers;

/// <summary>What a vendor says about programs of others that use its accounts.</summary>
public enum ThirdPartyPosition
{
    /// <summary>It is what the interface is for, or the vendor says so.</summary>
    Allowed,

    /// <summary>Known and not prevented, without a promise.</summary>
    Tolerated,

    /// <summary>The vendor's terms forbid it.</summary>
    Forbidden,

    /// <summary>The vendor has ended the offer.</summary>
    Ended,
}

/// <summary>What sort of offer a provider is: what its owner pays for, and so how an account of it is added.</summary>
public enum ProviderKind
{
    /// <summary>An API that is paid by use, with a key.</summary>
    ApiKey,

    /// <summary>A cloud with credentials of its own kind.</summary>
    Cloud,

    /// <summary>A plan that people sign in to.</summary>
    Subscription,

    /// <summary>Any server that speaks the protocol, at an address of the owner's.</summary>
    Custom,
}

/// <summary>The vendor's position on third-party use, as it was read.</summary>
/// <param name="Position">The position.</param>
/// <param name="Statement">What the vendor says, in one or two sentences.</param>
/// <param name="AsOf">The day on which it was read.</param>
public sealed record ThirdPartyUse(ThirdPartyPosition Position, string Statement, DateOnly AsOf);

/// <summary>What a provider is: facts for people and for those who list providers.</summary>
/// <param name="Id">The id that accounts refer to; lower case, never changed.</param>
/// <param name="DisplayName">What people call it.</param>
public sealed record ProviderDescriptor(string Id, string DisplayName)
{
    /// <summary>What sort of offer it is.</summary>
    public required ProviderKind Kind { get; init; }

    /// <summary>The vendor's page on which keys are made; null where there is none, or it is not known.</summary>
    public string? KeysPage { get; init; }

    /// <summary>Where its API is, the usual address first; an address may hold a place to fill in (<c>{region}</c>).</summary>
    public required IReadOnlyList<string> BaseUrls { get; init; }

    /// <summary>The protocols that it speaks, the usual one first.</summary>
    public required IReadOnlyList<Protocol> Protocols { get; init; }

    /// <summary>The vendor's page about the offer.</summary>
    public required string Homepage { get; init; }

    /// <summary>What the vendor says about third-party use.</summary>
    public required ThirdPartyUse ThirdPartyUse { get; init; }
}
