using System.Text.Json;
using Dragoman.Gateway.Providers.Schema;
using Dragoman.Gateway.Settings;

namespace Dragoman.Providers.CodingPlan;

/// <summary>The plans that accounts may have (<c>providers.coding-plan</c>): those of <c>offers.json</c>, and the owner's own rows, which replace those of the same id.</summary>
internal sealed record CodingPlanSettings : IProviderSettings<CodingPlanSettings>
{
    private static readonly SettingField OffersField = new("offers", SettingType.List, "Plans of other vendors, or other addresses of those that are known.") { Items = OfferReading.Fields };

    private static readonly Lazy<CodingPlanSettings> Shipped = new(ReadShipped);

    /// <inheritdoc/>
    public static IReadOnlyList<SettingField> Fields { get; } = [OffersField];

    /// <inheritdoc/>
    public static CodingPlanSettings Defaults => Shipped.Value;

    /// <summary>The plans, in the order in which they are listed.</summary>
    public required IReadOnlyList<CodingPlanOffer> Offers { get; init; }

    /// <summary>The plan of an id; null where there is none.</summary>
    public CodingPlanOffer? Find(string id) => Offers.FirstOrDefault(offer => offer.Id == id);

    /// <inheritdoc/>
    public static CodingPlanSettings Read(SettingsReader section)
    {
        ArgumentNullException.ThrowIfNull(section);
        var own = ReadRows(section);
        return new CodingPlanSettings { Offers = [.. Defaults.Offers.Select(offer => own.Find(row => row.Id == offer.Id) ?? offer), .. own.Where(row => Defaults.Find(row.Id) is null)] };
    }

    private static List<CodingPlanOffer> ReadRows(SettingsReader section)
    {
        var rows = new List<CodingPlanOffer>();
        foreach (var row in section.Sections(OffersField.Name))
        {
            if (OfferReading.Read(row) is not { } offer) continue;
            if (rows.Exists(other => other.Id == offer.Id)) row.ErrorAt("id", $"The plan '{offer.Id}' stands in the list twice.", "Give each plan an id of its own.");
            else rows.Add(offer);
        }

        return rows;
    }

    private static CodingPlanSettings ReadShipped()
    {
        using var stream = typeof(CodingPlanSettings).Assembly.GetManifestResourceStream("coding-plan-offers.json")!;
        using var document = JsonDocument.Parse(stream);
        var problems = new DiagnosticBag("offers.json");
        var rows = ReadRows(new SettingsReader((SettingMap)JsonSettings.From(document.RootElement), "", problems, environment: null));
        return problems.InOrder() is [var first, ..] ? throw new InvalidOperationException($"offers.json: {first.Path}: {first.Message}") : new CodingPlanSettings { Offers = rows };
    }
}
