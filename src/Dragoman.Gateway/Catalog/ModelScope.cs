namespace Dragoman.Gateway.Catalog;

/// <summary>Which model names an account that was configured without models takes: those that its upstream is known to serve.</summary>
public abstract class ModelScope
{
    /// <summary>An upstream of which nothing is known: it takes any name, after all that know the name better, and shows none.</summary>
    public static ModelScope Anything { get; } = new UnknownScope();

    /// <summary>Whether nothing is known of what the upstream serves.</summary>
    public virtual bool TakesAnything => false;

    /// <summary>Whether the upstream is known to serve models with such a name.</summary>
    public abstract bool Fits(string model);

    /// <summary>The name as the upstream spells it, and whether the spelling asked for thinking; the name itself where there is nothing to be done.</summary>
    public virtual (string Name, bool Thinking) Spell(string model) => (model, false);

    /// <summary>Whether a model of the catalog is listed for it.</summary>
    public abstract bool Shows(CatalogModel model);

    private sealed class UnknownScope : ModelScope
    {
        public override bool TakesAnything => true;

        public override bool Fits(string model) => false;

        public override bool Shows(CatalogModel model) => false;
    }
}
