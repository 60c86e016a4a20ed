package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// TestSQLOnlyByParameters holds that what a statement says is written in the program:
// constants, put together with constants and whole numbers. Whatever comes from a
// document or a person can only be an argument, for no other string reaches one.
func TestSQLOnlyByParameters(t *testing.T) {
	loaded, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports | packages.NeedExportFile,
	}, "heji/load", "heji/batch", "heji/review", "heji/export", "heji/cmd/heji", "heji/form", "heji/audit")
	if err != nil {
		t.Fatal(err)
	}
	statements := 0
	for _, p := range loaded {
		for _, e := range p.Errors {
			t.Fatal(e)
		}
		w := written{p: p, known: map[types.Object]bool{}}
		for _, f := range p.Syntax {
			ast.Inspect(f, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				if sql := statement(p.TypesInfo, call); sql != nil {
					statements++
					if !w.fixed(sql) {
						t.Errorf("%s: a statement is put together from more than constants and numbers; give it as a parameter", p.Fset.Position(sql.Pos()))
					}
				}
				return true
			})
		}
	}
	t.Logf("%d statements", statements)
	if statements < 80 {
		t.Errorf("%d statements were found: the test looks at too little", statements)
	}
}

// statement is the argument of a call to the database's driver that is SQL, or nil.
func statement(info *types.Info, call *ast.CallExpr) ast.Expr {
	f, ok := callee(info, call).(*types.Func)
	if !ok || f.Pkg() == nil {
		return nil
	}
	s := f.Signature()
	of := s.Recv() != nil && types.IsInterface(s.Recv().Type())
	if !of && !strings.HasPrefix(f.Pkg().Path(), "github.com/jackc/pgx") && f.Pkg().Path() != "database/sql" {
		return nil
	}
	for i := range min(s.Params().Len(), len(call.Args)) {
		if name := s.Params().At(i).Name(); (name == "sql" || name == "query") && types.Identical(s.Params().At(i).Type(), types.Typ[types.String]) {
			return call.Args[i]
		}
	}
	return nil
}

// origin is the function as it is declared, without the types that a call gives it.
func origin(o types.Object) types.Object {
	if f, ok := o.(*types.Func); ok {
		return f.Origin()
	}
	return o
}

func callee(info *types.Info, call *ast.CallExpr) types.Object {
	switch f := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		return info.ObjectOf(f)
	case *ast.SelectorExpr:
		return info.ObjectOf(f.Sel)
	case *ast.IndexExpr:
		return callee(info, &ast.CallExpr{Fun: f.X})
	}
	return nil
}

// written knows which strings of a package are written in it.
type written struct {
	p     *packages.Package
	known map[types.Object]bool
}

// fixed reports whether a string, or all the strings in a value, are put together from
// constants and numbers.
func (w written) fixed(e ast.Expr) bool {
	info := w.p.TypesInfo
	if tv, ok := info.Types[e]; ok {
		if tv.Value != nil || tv.IsNil() {
			return true
		}
		if b, ok := tv.Type.Underlying().(*types.Basic); ok && b.Info()&(types.IsNumeric|types.IsBoolean) != 0 {
			return true
		}
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		return w.fixed(e.X)
	case *ast.BinaryExpr:
		return w.fixed(e.X) && w.fixed(e.Y)
	case *ast.IndexExpr:
		return w.fixed(e.X)
	case *ast.SliceExpr:
		return w.fixed(e.X)
	case *ast.KeyValueExpr:
		return w.fixed(e.Value)
	case *ast.UnaryExpr:
		return w.fixed(e.X)
	case *ast.StarExpr:
		return w.fixed(e.X)
	case *ast.CompositeLit:
		return w.all(e.Elts)
	case *ast.Ident:
		return w.object(info.ObjectOf(e))
	case *ast.SelectorExpr:
		return w.object(info.ObjectOf(e.Sel))
	case *ast.CallExpr:
		return w.call(e, 0)
	}
	return false
}

func (w written) all(es []ast.Expr) bool {
	for _, e := range es {
		if !w.fixed(e) {
			return false
		}
	}
	return true
}

// call reports whether the result with a number of a call is fixed.
func (w written) call(call *ast.CallExpr, result int) bool {
	info := w.p.TypesInfo
	if tv, ok := info.Types[call.Fun]; ok && tv.IsType() { // a conversion
		return w.all(call.Args)
	}
	f := callee(info, call)
	if f == nil {
		return false
	}
	f = origin(f)
	if f.Pkg() == nil { // a builtin: append
		return w.all(call.Args)
	}
	switch f.Pkg().Path() {
	case "fmt", "strings", "cmp", "slices":
		return w.all(call.Args)
	case "strconv":
		return f.Name() == "Itoa"
	case w.p.PkgPath:
	default:
		return false
	}
	if was, ok := w.known[f]; ok {
		return was
	}
	w.known[f] = true // unless something below says otherwise: it may call itself
	bodies := w.bodies(f)
	ok := len(bodies) > 0
	for _, body := range bodies {
		inspectBody(body, func(r *ast.ReturnStmt) {
			if len(r.Results) <= result || !w.fixed(r.Results[result]) {
				ok = false
			}
		})
	}
	w.known[f] = ok
	return ok
}

// bodies are those of a function, or of the functions that a variable may be.
func (w written) bodies(f types.Object) (bodies []*ast.BlockStmt) {
	for _, file := range w.p.Syntax {
		for _, d := range file.Decls {
			if d, ok := d.(*ast.FuncDecl); ok && w.p.TypesInfo.Defs[d.Name] == f {
				return []*ast.BlockStmt{d.Body}
			}
		}
	}
	values := w.values(f)
	if v, ok := f.(*types.Var); ok {
		if _, param := w.parameter(v); param {
			values = append(values, w.arguments(v)...)
		}
	}
	for _, v := range values {
		switch v := v.(type) {
		case *ast.FuncLit:
			bodies = append(bodies, v.Body)
		case *ast.Ident:
			bodies = append(bodies, w.bodies(w.p.TypesInfo.ObjectOf(v))...)
		default:
			return nil
		}
	}
	return bodies
}

// inspectBody is given the returns of a function, and not those of functions in it.
func inspectBody(body *ast.BlockStmt, do func(*ast.ReturnStmt)) {
	ast.Inspect(body, func(n ast.Node) bool {
		if r, ok := n.(*ast.ReturnStmt); ok {
			do(r)
		}
		_, inner := n.(*ast.FuncLit)
		return !inner
	})
}

// object reports whether all that a variable or a field ever holds is fixed.
func (w written) object(o types.Object) bool {
	v, ok := o.(*types.Var)
	if !ok || v.Pkg() == nil || v.Pkg().Path() != w.p.PkgPath {
		_, constant := o.(*types.Const)
		return constant
	}
	if was, ok := w.known[v]; ok {
		return was
	}
	w.known[v] = true
	// Other packages write to exported fields.
	ok = !(v.IsField() && v.Exported()) && w.all(w.values(v))
	if in, param := w.parameter(v); param {
		// What an exported function is given, other packages may choose.
		ok = ok && !in.Exported()
		ok = ok && w.all(w.arguments(v))
	}
	w.known[v] = ok
	return ok
}

// values are what is assigned to a variable or a field, in declarations, assignments,
// loops and literals.
func (w written) values(o types.Object) (values []ast.Expr) {
	info := w.p.TypesInfo
	is := func(e ast.Expr) bool {
		switch e := ast.Unparen(e).(type) {
		case *ast.Ident:
			return info.ObjectOf(e) == o
		case *ast.SelectorExpr:
			return info.ObjectOf(e.Sel) == o
		case *ast.IndexExpr:
			switch x := e.X.(type) {
			case *ast.Ident:
				return info.ObjectOf(x) == o
			case *ast.SelectorExpr:
				return info.ObjectOf(x.Sel) == o
			}
		}
		return false
	}
	pair := func(left, right []ast.Expr) {
		for i, l := range left {
			switch {
			case !is(l):
			case len(left) == len(right):
				values = append(values, right[i])
			case len(right) == 1:
				values = append(values, result(right[0], i))
			}
		}
	}
	w.inspect(func(n ast.Node) {
		switch n := n.(type) {
		case *ast.UnaryExpr: // whoever has its address may write to it
			if n.Op == token.AND && is(n.X) && types.Identical(info.TypeOf(n.X), types.Typ[types.String]) {
				values = append(values, &ast.BadExpr{})
			}
		case *ast.AssignStmt:
			pair(n.Lhs, n.Rhs)
		case *ast.ValueSpec:
			var names []ast.Expr
			for _, name := range n.Names {
				names = append(names, name)
			}
			if len(n.Values) > 0 {
				pair(names, n.Values)
			}
		case *ast.RangeStmt:
			if n.Key != nil && is(n.Key) || n.Value != nil && is(n.Value) {
				values = append(values, n.X)
			}
		case *ast.CompositeLit:
			s, ok := info.TypeOf(n).Underlying().(*types.Struct)
			if !ok {
				return
			}
			for i, e := range n.Elts {
				if kv, ok := e.(*ast.KeyValueExpr); ok {
					if key, ok := kv.Key.(*ast.Ident); ok && info.ObjectOf(key) == o {
						values = append(values, kv.Value)
					}
				} else if i < s.NumFields() && s.Field(i) == o {
					values = append(values, e)
				}
			}
		}
	})
	return values
}

// result is a call's result of a number; only the first is ever text, the others errors.
func result(call ast.Expr, i int) ast.Expr {
	if i == 0 {
		return call
	}
	return &ast.BadExpr{From: call.Pos(), To: call.End()}
}

// parameter is the function that a variable is a parameter of.
func (w written) parameter(v *types.Var) (in types.Object, ok bool) {
	w.inspect(func(n ast.Node) {
		var list *ast.FieldList
		var name types.Object = types.NewVar(token.NoPos, nil, "literal", nil)
		switch n := n.(type) {
		case *ast.FuncDecl:
			list, name = n.Type.Params, w.p.TypesInfo.Defs[n.Name]
		case *ast.FuncLit:
			list = n.Type.Params
		default:
			return
		}
		for _, f := range list.List {
			for _, id := range f.Names {
				if w.p.TypesInfo.Defs[id] == v {
					in, ok = name, true
				}
			}
		}
	})
	return in, ok
}

// arguments are what a parameter is given in the calls of its function. Where the
// function goes from hand to hand, there is one that is not fixed.
func (w written) arguments(o types.Object) (args []ast.Expr) {
	info := w.p.TypesInfo
	take := func(list *ast.FieldList, calls func(*ast.CallExpr) bool) {
		at := 0
		for _, f := range list.List {
			for _, id := range f.Names {
				if info.Defs[id] == o {
					_, variadic := f.Type.(*ast.Ellipsis)
					w.inspect(func(n ast.Node) {
						call, ok := n.(*ast.CallExpr)
						if !ok || !calls(call) || at >= len(call.Args) {
							return
						}
						if variadic {
							args = append(args, call.Args[at:]...)
						} else {
							args = append(args, call.Args[at])
						}
					})
				}
				at++
			}
		}
	}
	w.inspect(func(n ast.Node) {
		switch n := n.(type) {
		case *ast.FuncDecl:
			take(n.Type.Params, func(c *ast.CallExpr) bool { return origin(callee(info, c)) == info.Defs[n.Name] })
		case *ast.AssignStmt:
			for i, r := range n.Rhs {
				if l, ok := r.(*ast.FuncLit); ok && i < len(n.Lhs) {
					if id, ok := n.Lhs[i].(*ast.Ident); ok {
						take(l.Type.Params, func(c *ast.CallExpr) bool { return callee(info, c) == info.ObjectOf(id) })
					}
				}
			}
		case *ast.CallExpr: // a function that is handed to another one, which calls it
			f, ok := origin(callee(info, n)).(*types.Func)
			for i, a := range n.Args {
				if l, lit := a.(*ast.FuncLit); ok && lit && i < f.Signature().Params().Len() {
					handed := f.Signature().Params().At(i)
					take(l.Type.Params, func(c *ast.CallExpr) bool { return callee(info, c) == handed })
				}
			}
		}
	})
	if len(args) == 0 {
		args = append(args, &ast.BadExpr{}) // nothing is known of it
	}
	return args
}

func (w written) inspect(do func(ast.Node)) {
	for _, f := range w.p.Syntax {
		ast.Inspect(f, func(n ast.Node) bool { do(n); return true })
	}
}
