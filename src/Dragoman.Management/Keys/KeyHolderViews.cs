using Dragoman.Gateway.Routing;
using Dragoman.Management.Clients;
using Dragoman.Management.Usage;

namespace Dragoman.Management.Keys;

/// <summary>A client key, as its holder may see it.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Prefix">How it begins; absent for a key of the configuration.</param>
/// <param name="Status">Always <c>active</c>: another key is refused.</param>
/// <param name="ExpiresAt">When it ends; absent for never.</param>
/// <param name="AllowedModels">The models it may be used for, with <c>*</c>; none for all.</param>
/// <param name="Limits">How it stands with its limits.</param>
/// <param name="Usage">What it used in the last days.</param>
/// <param name="Models">The models that it may ask for now.</param>
/// <param name="BaseUrls">Where clients are pointed to, protocol by protocol.</param>
public sealed record KeyHolderView(
    string Name, string? Prefix, string Status, DateTimeOffset? ExpiresAt, IReadOnlyList<string> AllowedModels, KeyStatusView Limits, KeyUsageView Usage, IReadOnlyList<KeyModelView> Models, IReadOnlyList<ClientAddressView> BaseUrls);

/// <summary>What a key used.</summary>
/// <param name="Total">All of it; absent where nothing was used.</param>
/// <param name="ByDay">Day by day; days without usage are left out.</param>
/// <param name="ByModel">Model by model.</param>
public sealed record KeyUsageView(UsageRowView? Total, IReadOnlyList<UsageRowView> ByDay, IReadOnlyList<UsageRowView> ByModel);

/// <summary>A model that a key may ask for.</summary>
/// <param name="Id">What clients call it.</param>
/// <param name="DisplayName">A name for people.</param>
/// <param name="Vendor">Who made it.</param>
/// <param name="ContextWindow">Tokens it can take in.</param>
/// <param name="MaxOutputTokens">Tokens it can write.</param>
/// <param name="Images">Whether it sees images.</param>
/// <param name="Tools">Whether it calls tools.</param>
/// <param name="Efforts">The names of its reasoning efforts.</param>
public sealed record KeyModelView(string Id, string? DisplayName, string? Vendor, int? ContextWindow, int? MaxOutputTokens, bool? Images, bool? Tools, IReadOnlyList<string> Efforts)
{
    internal static KeyModelView From(VisibleModel model)
        => new(model.Id, model.Facts.DisplayName, model.Facts.Vendor, model.Facts.ContextWindow, model.Facts.MaxOutputTokens, model.Facts.Images, model.Facts.Tools, model.Facts.Efforts);
}
