namespace Dragoman.Storage.Sql;

/// <summary>Takes the values of one row in the order of its columns, without a box for each. The same four types as <see cref="Row"/>, fewer: nothing that is written often is real.</summary>
internal abstract class RowValues
{
    public abstract void Add(string text);

    /// <summary>Text that is UTF-8 already.</summary>
    public abstract void AddText(ReadOnlySpan<byte> text);

    public abstract void Add(long number);

    public abstract void AddNull();

    public void Add(bool flag) => Add(flag ? 1L : 0L);

    public void Add(long? number)
    {
        if (number is { } known) Add(known);
        else AddNull();
    }
}
