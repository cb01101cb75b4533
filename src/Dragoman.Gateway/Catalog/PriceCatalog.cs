using System.Text.Json;

namespace Dragoman.Gateway.Catalog;

/// <summary>What models cost: the table that ships, and what the configuration says instead or besides.</summary>
public sealed class PriceCatalog
{
    private static readonly Lazy<PriceFile> Shipped = new(Load);
    private volatile PriceTable _table;
    private readonly Lock _gate = new();
    private IReadOnlyList<ModelPrice> _configured;
    private IReadOnlyList<ModelPrice> _listed = [];

    /// <summary>A book with the configuration's prices.</summary>
    public PriceCatalog(IReadOnlyList<ModelPrice> configured)
    {
        _configured = configured;
        _table = new PriceTable(configured, Shipped.Value.Prices);
    }

    /// <summary>Every price, those of the configuration first, then those of the owner's list.</summary>
    public IReadOnlyList<ModelPrice> All => _table.All;

    /// <summary>Where the built-in numbers are from: by their source's name, the page and the day it was read.</summary>
    public static IReadOnlyDictionary<string, PriceSource> Sources => Shipped.Value.Sources;

    /// <summary>The price of a model at a provider, by any name it goes by there; null when it is unknown.</summary>
    public ModelPrice? Find(string provider, string model)
    {
        ArgumentNullException.ThrowIfNull(provider);
        ArgumentNullException.ThrowIfNull(model);
        return _table.Find(provider, model);
    }

    /// <summary>Takes the prices of a new configuration.</summary>
    public void Configure(IReadOnlyList<ModelPrice> configured)
    {
        lock (_gate)
        {
            if (configured.SequenceEqual(_configured)) return;
            _configured = configured;
            Rebuild();
        }
    }

    /// <summary>Takes the prices of a list that the owner keeps: they count more than those that ship, and less than the configuration's.</summary>
    public void List(IReadOnlyList<ModelPrice> listed)
    {
        lock (_gate)
        {
            _listed = listed;
            Rebuild();
        }
    }

    private void Rebuild() => _table = new PriceTable(_configured, [.. _listed, .. Shipped.Value.Prices]);

    private static PriceFile Load()
    {
        using var stream = typeof(PriceCatalog).Assembly.GetManifestResourceStream("prices.json")
            ?? throw new InvalidOperationException("The prices are not in the assembly.");
        using var document = JsonDocument.Parse(stream);
        return PriceFile.Read(document.RootElement);
    }
}
