using Dragoman.Gateway.Providers;

namespace Dragoman.Providers.Abstractions;

/// <summary>Positions of vendors that several providers share.</summary>
internal static class VendorTerms
{
    /// <summary>An API that is sold to programs of any maker.</summary>
    public static ThirdPartyUse PaidApi { get; } = new(ThirdPartyPosition.Allowed, "API keys are made for programs of any maker, within the vendor's usage policies.", new DateOnly(2026, 11, 29));
}
