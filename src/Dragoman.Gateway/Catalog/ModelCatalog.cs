using System.Globalization;
using System.Text.Json;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Gateway.Catalog;

/// <summary>A model of the catalog.</summary>
/// <param name="Id">The vendor's own name for it, without a date.</param>
/// <param name="Facts">What is known of it.</param>
/// <param name="Listed">Whether it is shown for accounts that were configured without models; old ones are known and not shown.</param>
public sealed record CatalogModel(string Id, ModelMetadata Facts, bool Listed);

/// <summary>
/// What is known of well-known models, wherever they are hosted. A name is looked up by its longest known beginning, so that dated ids
/// (<c>claude-sonnet-4-5-20250929</c>), host prefixes (<c>us.anthropic.…-v1:0</c>, <c>anthropic/claude-sonnet-4.5</c>) and tags find
/// their model; but <c>claude-opus-4-9</c> is not <c>claude-opus-4</c>.
/// </summary>
public sealed class ModelCatalog
{
    private static readonly Lazy<ModelCatalog> Embedded = new(() => new ModelCatalog(CatalogReader.Read(EmbeddedBytes()).Models));

    private static readonly Lazy<DateOnly> EmbeddedDate = new(ReadEmbeddedDate);

    private readonly Dictionary<string, ModelMetadata>.AlternateLookup<ReadOnlySpan<char>> _byName;

    private ModelCatalog(IReadOnlyList<CatalogModel> all)
    {
        All = all;
        _byName = all.ToDictionary(model => CanonicalName.Normalize(model.Id), model => model.Facts, StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The table that comes with the gateway.</summary>
    public static ModelCatalog BuiltIn => Embedded.Value;

    /// <summary>The day on which the newest part of that table was read at its source.</summary>
    public static DateOnly BuiltInDate => EmbeddedDate.Value;

    /// <summary>Every model, the newest of each vendor first.</summary>
    public IReadOnlyList<CatalogModel> All { get; }

    /// <summary>This catalog and another list of models: the list counts more, and comes first where it names models that were not known.</summary>
    public ModelCatalog With(IReadOnlyList<CatalogModel> models)
    {
        ArgumentNullException.ThrowIfNull(models);
        var known = All.ToDictionary(model => CanonicalName.Normalize(model.Id), StringComparer.Ordinal);
        var added = new List<CatalogModel>();
        foreach (var model in models)
        {
            var name = CanonicalName.Normalize(model.Id);
            if (known.TryGetValue(name, out var old)) known[name] = new CatalogModel(old.Id, Merge(model.Facts, old.Facts), old.Listed);
            else if (known.TryAdd(name, model)) added.Add(model);
        }

        return new ModelCatalog([.. added.Select(model => known[CanonicalName.Normalize(model.Id)]), .. All.Select(model => known[CanonicalName.Normalize(model.Id)])]);
    }

    /// <summary>What is known of a model by any of its names; of an unknown one at least its vendor, where the name tells it; else null.</summary>
    public ModelMetadata? Find(string model)
    {
        var name = CanonicalName.Normalize(model).AsSpan();
        for (var end = name.Length; end > 0; end = name[..end].LastIndexOf('-'))
        {
            if (end < name.Length && ContinuesVersion(name, end)) continue;
            if (_byName.TryGetValue(name[..end], out var facts)) return facts;
        }

        var vendor = CanonicalName.VendorOf(name);
        // A Claude newer than the table: what holds for all of the newest (wire/kiro-and-bedrock.md §D.6).
        if (vendor == "anthropic") return new ModelMetadata { Vendor = vendor, MaxOutputTokens = 128_000, Images = true, Tools = true, Reasoning = ReasoningStyle.Adaptive };
        return vendor is null ? null : new ModelMetadata { Vendor = vendor };
    }

    /// <summary>Whether a cut at <paramref name="end"/> would tear a version in two: a short number after a digit (<c>opus-4|-9</c>).</summary>
    private static bool ContinuesVersion(ReadOnlySpan<char> name, int end)
    {
        if (!char.IsAsciiDigit(name[end - 1])) return false;
        var next = name[(end + 1)..];
        var length = next.IndexOf('-');
        if (length >= 0) next = next[..length];
        return next.Length is 1 or 2 && next[0] != '0' && next.IndexOfAnyExceptInRange('0', '9') < 0;
    }

    private static DateOnly ReadEmbeddedDate()
    {
        using var table = JsonDocument.Parse(EmbeddedBytes());
        return table.RootElement.GetProperty("sources").EnumerateObject().Max(source => DateOnly.ParseExact(source.Value.GetProperty("seen").GetString()!, "yyyy-MM-dd", CultureInfo.InvariantCulture));
    }

    private static byte[] EmbeddedBytes()
    {
        using var stream = typeof(ModelCatalog).Assembly.GetManifestResourceStream("models.json")
            ?? throw new InvalidOperationException("The model catalog is missing from the assembly.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>What a list adds to what was known: it counts where it says something, and is silent where it says nothing.</summary>
    private static ModelMetadata Merge(ModelMetadata stated, ModelMetadata known) => known with
    {
        DisplayName = stated.DisplayName ?? known.DisplayName,
        ContextWindow = stated.ContextWindow ?? known.ContextWindow,
        MaxOutputTokens = stated.MaxOutputTokens ?? known.MaxOutputTokens,
        Images = stated.Images ?? known.Images,
        Inputs = stated.Inputs.Count > 0 ? stated.Inputs : known.Inputs,
        Tools = stated.Tools ?? known.Tools,
        Reasoning = stated.Reasoning != ReasoningStyle.Unknown ? stated.Reasoning : known.Reasoning,
        Efforts = stated.Efforts.Count > 0 ? stated.Efforts : known.Efforts,
        Vendor = stated.Vendor ?? known.Vendor,
        Created = stated.Created > 0 ? stated.Created : known.Created,
        Retires = stated.Retires ?? known.Retires,
    };
}
